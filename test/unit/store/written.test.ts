/** Statements as they are written for D1: what drizzle's own way makes of them. */
import { CasingCache } from "drizzle-orm/casing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { among, changes, insertInto, literal, type SQL, sql } from "../../../src/store/database.ts";
import { selectItems } from "../../../src/store/reading.ts";
import { selectAndRecord } from "../../../src/store/sights.ts";
import { writtenOf } from "../../../src/store/written.ts";

const usual = {
  casing: new CasingCache(),
  escapeName: (name: string) => `"${name.replaceAll('"', '""')}"`,
  escapeParam: () => "?",
  escapeString: (text: string) => `'${text.replaceAll("'", "''")}'`,
};

function expectUsual(statement: SQL): void {
  const { sql: text, params } = statement.toQuery(usual);
  expect(writtenOf(statement)).toEqual({ text, params });
}

const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constant(undefined));
const statement: fc.Arbitrary<SQL> = fc.letrec<{ any: SQL }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    value.map((one) => sql`a = ${one}`),
    fc.string().map((name) => sql`${sql.identifier(name)} ? ${literal(7)}`),
    fc.array(value, { maxLength: 4 }).map((many) => sql`x IN ${many} AND y ${among(many)}`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => sql`(${a} AND ${b}) ${sql.join([a, b], sql` OR `)}`),
    fc.array(tie("any"), { maxLength: 3 }).map((many) => sql`${many}`),
  ),
})).any;

test("any statement is written as drizzle writes it", () => {
  fc.assert(fc.property(statement, expectUsual));
});

test("so are those that are large", () => {
  const reader = { partner: "facepage", kind: "platform", kid: "k", purpose: "", places: ["facepage"] };
  const ask = { of: { tip: "t" }, at: { seq: 0, ordinal: -1 }, most: 9, units: { tip: 4, indicator: 4, word: 3 } };
  const options = { documents: true, embargoed: false, ends: true };
  for (const each of selectAndRecord(reader, { ...ask, ...options }, "taxii", 1e12)) expectUsual(each.getSQL());
  expectUsual(selectItems(reader, [1, 2], { from: "chirper", for_you: true }, 1e12));
  expectUsual(insertInto("site", { domain: 'a".example', platform: "a", partner: "a" }));
  expectUsual(sql`UPDATE site SET ${changes({ domain: "b", platform: undefined, partner: null })}`);
});
