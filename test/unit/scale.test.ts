import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { rendered } from "../../scripts/scale/document.ts";
import { figures, inputs, measured } from "../../scripts/scale/figures.ts";
import { definitions } from "../../scripts/scale/schema.ts";
import { limits } from "../../src/core/limits.ts";

const text = readFileSync(path.join(import.meta.dirname, "../../docs/scale.md"), "utf8");
const value = (name: string): number => figures().find((figure) => figure.name === name)!.value;

test("the document's tables are what its inputs give (node scripts/scale.ts makes them anew)", () => {
  expect(rendered(text)).toBe(text);
  expect(text.match(/made by scripts\/scale\.ts/g)).toHaveLength(13);
});

test("the tables that were measured are still the same (node scripts/scale/measure.ts measures anew)", () => {
  expect(definitions(Object.keys(measured.tables))).toBe(measured.definitions);
});

test("measured sizes are bytes divided by rows", () => {
  for (const [name, { rows, bytes, a_row }] of Object.entries(measured.tables))
    expect(a_row, name).toBeCloseTo(bytes / rows, 1);
});

test("inputs that the code fixes are the code's", () => {
  const { stated, platform, code } = inputs;
  expect(platform.database_gb!.value * 1e9).toBe(limits.database_bytes);
  expect(platform.share!.value).toBe(limits.database_share);
  expect(code.tip_indicators!.value).toBe(limits.indicators);
  expect(code.tip_keys!.value).toBe(limits.index_keys);
  expect(code.token_rows!.value).toBe(limits.token_rows);
  expect(code.groups!.value).toBe(limits.groups_of_partner);
  expect(stated.withdrawn_days!.value).toBe(limits.withdrawn_days);
  const schedule = readFileSync(path.join(import.meta.dirname, "../../src/exchange/run-schedule.ts"), "utf8");
  const constant = (name: string) => Number(new RegExp(`${name} = ([\\d_]+)`).exec(schedule)![1]!.replaceAll("_", ""));
  expect(code.tips_a_run!.value).toBe(constant("tipsARun"));
  expect(code.statements_a_run!.value).toBe(constant("statementsARun"));
  expect(code.sweep_a_minute!.value).toBe(constant("indicatorsAStep") * constant("sweepsARun"));
});

test("the arithmetic, done again another way", () => {
  const shares = Object.values(inputs.mix).reduce((sum, share) => sum + share, 0);
  expect(shares).toBeCloseTo(1, 9);
  // A tenth lives 30 days, 62 % half a year, 28 % two years.
  expect(value("mean_days")).toBeCloseTo(3 + 111.6 + 204.4, 6);
  expect(value("indicators_a_day")).toBeCloseTo(1e8 / 319, 3);
  expect(value("tips_a_day")).toBeCloseTo(1e8 / 319 / 150, 3);
  const index = ["indicator", "indicator_by_validity"].reduce((sum, name) => sum + measured.tables[name]!.a_row, 0);
  const keys = (measured.tables.index_key!.rows / measured.tables.indicator!.rows) * measured.tables.index_key!.a_row;
  const { observable, observable_by_tip } = measured.tables;
  const observables =
    (observable!.rows / measured.tables.indicator!.rows) * (observable!.a_row + observable_by_tip!.a_row);
  expect(value("index_gb")).toBeCloseTo((index + keys + observables) / 10, 6);
  expect(value("index_databases")).toBe(Math.ceil((index + keys + observables) / 10 / 8));
  const costs = figures().filter(({ table, name }) => table === "costs" && name !== "month");
  expect(value("month")).toBeCloseTo(
    costs.reduce((sum, figure) => sum + figure.value, 0),
    6,
  );
});
