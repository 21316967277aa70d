/** docs/retention.md says of every table, of the database and of the Durable Objects, what is kept and how long. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";

const root = path.join(import.meta.dirname, "../..");
const text = readFileSync(path.join(root, "docs/retention.md"), "utf8");
const sections = text.split(/^## /m);
const section = (title: string) => sections.find((part) => part.startsWith(title))!;

/** The rows of a section's table: cells, the names in their backticks. */
const rowsOf = (part: string, column: number): { name: string; cells: string[] }[] =>
  part
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .flatMap((cells) => {
      const name = /^`(\w+)`$/.exec(cells[column] ?? "")?.[1];
      return name ? [{ name, cells }] : [];
    });

test("every table that the migrations make has its row, and no other has", () => {
  const db = new DatabaseSync(":memory:");
  const folder = path.join(root, "migrations");
  for (const file of readdirSync(folder).sort()) db.exec(readFileSync(path.join(folder, file), "utf8"));
  const made = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
  const told = rowsOf(section("Tables of the database"), 0);
  expect(told.map(({ name }) => name).sort()).toEqual(made.map(({ name }) => name as string).sort());
  for (const { name, cells } of told) {
    expect(cells, name).toHaveLength(4);
    for (const cell of cells) expect(cell, name).not.toBe("");
  }
});

test("every table that a Durable Object makes has its row", () => {
  const made = readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(path.join(root, "src", file), "utf8"))
    .filter((source) => source.includes("DurableObjectStorage"))
    .flatMap((source) => [...source.matchAll(/CREATE TABLE IF NOT EXISTS (\w+)/g)].map(([, name]) => name));
  const told = rowsOf(section("Durable Objects"), 1).map(({ name }) => name);
  expect(made.length).toBeGreaterThan(2);
  expect(told.sort()).toEqual([...new Set(made)].sort());
});

test("its days are the exchange's", () => {
  expect(limits.withdrawn_days).toBe(7);
  expect(text).toContain("seven days after the withdrawal");
  expect(text).toContain(
    `${limits.webhook.log_days} days, ${limits.webhook.log_deliveries.toLocaleString("en")} at most`,
  );
});
