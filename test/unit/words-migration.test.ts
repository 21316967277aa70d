/** What migration 0018 makes of feedback that was there: what it says of which ordinal, as far as that still stands. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { feedbackStatuses, readSpoken } from "../../src/core/feedback.ts";

const folder = path.join(import.meta.dirname, "../../migrations");
const files = readdirSync(folder).sort();
const own = "0018_told_words.sql";

test("what stands of documents on the current version is kept by ordinal, of any status; of others nothing", () => {
  const db = new DatabaseSync(":memory:");
  const apply = (file: string) => db.exec(readFileSync(path.join(folder, file), "utf8"));
  files.filter((file) => file < own).forEach(apply);
  const at = "2026-11-01T08:00:00.000Z";
  db.prepare(`INSERT INTO partner (slug, name, kind, country, scopes, enrolled_at)
    VALUES ('facepage', 'P', 'platform', 'XA', '', ?)`).run(at);
  db.prepare(`INSERT INTO tip (tip_no, tip, author, version, revision, audience_seq, tlp, operation, accepted_at, expires_at)
    VALUES (1, 't', 'facepage', 2, 1, 1, 'amber', 'o', ?, ?)`).run(at, at);
  for (const [digest, version] of [
    ["now", 2],
    ["before", 1],
    ["reply", 2],
  ] as const)
    db.prepare(`INSERT INTO feedback (digest, tip_no, partner, version, kid, protected, payload, signature, seq, accepted_at)
      VALUES (?, 1, 'facepage', ?, '', '', '', '', ?, ?)`).run(digest, version, digest.length, at);
  for (const [place, status] of feedbackStatuses.entries())
    db.prepare(`INSERT INTO feedback_standing (tip_no, ordinal, partner, status, already_known, shared, digest, at)
      VALUES (1, ?, 'facepage', ?, 0, 0, ?, ?)`).run(place - 1, status, place < 8 ? "now" : "before", at);
  apply(own);
  const rows = db.prepare("SELECT digest, words, counts_in, spoken FROM feedback ORDER BY seq").all();
  const spoken = rows.map((row) => (JSON.parse(String(row.spoken)) as number[]).map(readSpoken));
  expect(rows.map(({ digest, words, counts_in }) => [digest, words, counts_in])).toEqual([
    ["now", 8, 2],
    ["reply", 0, 2],
    ["before", 0, 0],
  ]);
  expect(spoken[0]).toEqual(
    feedbackStatuses.slice(0, 8).map((status, place) => ({ ordinal: place - 1, status, isPast: false })),
  );
  expect(spoken[2]).toEqual([]);
});
