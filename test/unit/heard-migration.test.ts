/** What migration 0019 makes of what was there: of each tip the newest word that is not its author's. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";

const folder = path.join(import.meta.dirname, "../../migrations");
const files = readdirSync(folder).sort();
const own = "0019_heard.sql";

test("what was said before is in its author's overview, and its own answers are no news", () => {
  const db = new DatabaseSync(":memory:");
  db.exec("PRAGMA foreign_keys = OFF");
  const apply = (file: string) => db.exec(readFileSync(path.join(folder, file), "utf8"));
  files.filter((file) => file < own).forEach(apply);
  for (const tipNo of [1, 2, 3])
    db.prepare(`INSERT INTO tip (tip_no, tip, author, version, revision, audience_seq, tlp, operation, accepted_at, expires_at)
      VALUES (?, ?, 'chirper', 1, 1, 1, 'amber', 'o', '', '')`).run(tipNo, `tip ${tipNo}`);
  const said: [tipNo: number, partner: string, seq: number][] = [
    [1, "facepage", 4],
    [1, "videotube", 7],
    [1, "chirper", 9],
    [2, "chirper", 5],
    [3, "facepage", 6],
  ];
  for (const [tipNo, partner, seq] of said)
    db.prepare(`INSERT INTO feedback (digest, tip_no, partner, version, kid, protected, payload, signature, seq, accepted_at)
      VALUES (?, ?, ?, 1, '', '', '', '', ?, '')`).run(`digest ${seq}`, tipNo, partner, seq);
  apply(own);
  expect(db.prepare("SELECT * FROM heard ORDER BY tip_no").all()).toEqual([
    { author: "chirper", tip_no: 1, seq: 7 },
    { author: "chirper", tip_no: 3, seq: 6 },
  ]);
});
