/** A purpose's times: one instant is one text, in what is stated and in what was stated before they were kept so. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { normalPurpose } from "../../src/core/purpose.ts";
import { instant, parseTime } from "../../src/core/time.ts";

const spellings = [
  "2027-01-31T00:00:00Z",
  "2027-01-31T01:00:00+01:00",
  "2027-01-30T18:30:00.000-05:30",
  "2027-01-31T00:00:00.000000000Z",
];
const stated = { type: "tipoff_purpose", legal_basis: "consent", case: "XA-1", unit: "Unit 3" } as const;

test("the same instant is the same purpose, however it is spelled", () => {
  const texts = spellings.map((until) =>
    JSON.stringify(normalPurpose({ ...stated, until, non_disclosure: { basis: "x", until } })),
  );
  expect(new Set(texts).size).toBe(1);
  expect(JSON.parse(texts[0]!)).toMatchObject({ until: "2027-01-31T00:00:00.000Z", case: "XA-1" });
});

test("the migration respells what was there as the code does", () => {
  const folder = path.join(import.meta.dirname, "../../migrations");
  const files = readdirSync(folder).sort();
  const db = new DatabaseSync(":memory:");
  const run = (names: string[]) => {
    for (const name of names) db.exec(readFileSync(path.join(folder, name), "utf8"));
  };
  const at = files.indexOf("0005_purposes.sql");
  run(files.slice(0, at));
  db.exec(
    "INSERT INTO partner (slug, name, kind, country, scopes, enrolled_at) VALUES ('p', 'P', 'law_enforcement', 'XA', 'match', '')",
  );
  const insert = db.prepare("INSERT INTO purpose VALUES (?, 'p', 'consent', 'c', 'u', ?, ?, '')");
  const times = [...spellings, "2027-02-28T23:59:59.5Z", "2027-12-31T23:30:00-01:00"];
  times.forEach((time, no) => {
    insert.run(String(no), time, no % 2 ? null : JSON.stringify({ basis: "x", until: time }));
  });
  run([files[at]!]);
  const rows = db.prepare("SELECT until, non_disclosure FROM purpose ORDER BY purpose").all();
  const kept = times.map((time) => instant(parseTime(time)!));
  expect(rows.map((row) => ({ ...row }))).toEqual(
    kept.map((until, no) => ({ until, non_disclosure: no % 2 ? null : JSON.stringify({ basis: "x", until }) })),
  );
});
