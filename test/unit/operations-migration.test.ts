/** What migration 0015 makes of what was there: relations of headings, and first receipts of records of access. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";

const folder = path.join(import.meta.dirname, "../../migrations");
const files = readdirSync(folder).sort();
const own = "0015_operations.sql";
const [tip, other] = ["0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11", "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a12"];

test("relations of current versions and first receipts are there at once, of erased tips nothing but the receipt", () => {
  const db = new DatabaseSync(":memory:");
  const apply = (file: string) => db.exec(readFileSync(path.join(folder, file), "utf8"));
  files.filter((file) => file < own).forEach(apply);
  const at = (day: string) => `${day}T08:00:00.000Z`;
  for (const [slug, platforms] of [
    ["chirper", "[]"],
    ["facepage", '["facepage"]'],
  ])
    db.prepare(`INSERT INTO partner (slug, name, kind, country, platforms, scopes, enrolled_at)
      VALUES (?, 'P', 'platform', 'XA', ?, 'tips:read', ?)`).run(slug!, platforms!, at("2026-01-01"));
  const headings = [
    {
      relates_to: [
        { tip: other, relation: "reply", "x-mine": 1 },
        { tip, relation: "duplicates" },
      ],
    },
    {},
  ];
  for (const [number, heading] of headings.entries()) {
    const [tipNo, id, erased] = [number + 1, number === 0 ? tip : other, number === 0 ? null : at("2026-02-05")];
    db.prepare(`INSERT INTO tip (tip_no, tip, author, version, revision, audience_seq, tlp, operation, accepted_at, expires_at,
      erased_at) VALUES (?, ?, 'chirper', 2, 1, ?, 'amber', 'o', ?, ?, ?)`).run(
      tipNo,
      id!,
      tipNo,
      at("2026-02-01"),
      at("2028-01-01"),
      erased,
    );
    for (const version of [1, 2])
      db.prepare(`INSERT INTO tip_version (tip_no, version, digest, kid, protected, signature, bytes, seq, accepted_at, heading, warnings)
        VALUES (?, ?, ?, '', '', '', 0, ?, '', ?, '[]')`).run(
        tipNo,
        version,
        `${tipNo} ${version}`,
        tipNo,
        JSON.stringify(version === 2 ? heading : { relates_to: [{ tip: "before", relation: "reply" }] }),
      );
    db.prepare("INSERT INTO event (seq, type, at, tip_no, version) VALUES (?, 'published', ?, ?, 1)").run(
      tipNo,
      at("2026-02-01"),
      tipNo,
    );
    db.prepare("INSERT INTO event_token (token, seq) VALUES ('platforms', ?)").run(tipNo);
    for (const day of ["2026-02-03", "2026-02-02"])
      db.prepare(
        "INSERT INTO access_tip (tip_no, partner, version, day, door) VALUES (?, 'facepage', 1, ?, 'list')",
      ).run(tipNo, day);
  }
  db.exec(
    "INSERT INTO tip_token VALUES ('platforms', 1); INSERT INTO tip_place VALUES ('facepage', 1, 7), ('x', 1, 9)",
  );
  apply(own);
  expect(db.prepare("SELECT * FROM tip_relation").all()).toEqual([{ tip_no: 1, related: other, relation: "reply" }]);
  const receipt = { partner: "facepage", day: "2026-02-02", at: at("2026-02-01") };
  expect(db.prepare("SELECT * FROM receiving").all()).toEqual([
    { ...receipt, tip_no: 1, through: "platforms", mine: 7 },
    { ...receipt, tip_no: 2, through: null, mine: 0 },
  ]);
});
