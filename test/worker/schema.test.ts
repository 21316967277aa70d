/** The schema file says what the migrations made, column by column, both ways. */
import { getTableColumns, is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { beforeEach, expect, test } from "vitest";
import { all, guards, sql } from "../../src/store/database.ts";
import * as schema from "../../src/store/schema.ts";
import { freshWorld, ground } from "./world.ts";

beforeEach(freshWorld);

const tables = Object.values(schema).filter((value) => is(value, SQLiteTable)) as unknown as SQLiteTable[];

interface Column {
  name: string;
  type: string;
  required: boolean;
  key: boolean;
}

function described(table: SQLiteTable): Column[] {
  const { primaryKeys } = getTableConfig(table);
  const keys = new Set(primaryKeys.flatMap((key) => key.columns.map((column) => column.name)));
  return Object.values(getTableColumns(table)).map((column) => ({
    name: column.name,
    type: column.getSQLType().toUpperCase(),
    required: column.notNull,
    key: column.primary || keys.has(column.name),
  }));
}

async function made(name: string): Promise<Column[]> {
  const rows = await all(
    ground(),
    sql<{ name: string; type: string; notnull: number; pk: number }>`
    SELECT name, type, "notnull", pk FROM pragma_table_info(${name})`,
  );
  return rows.map((row) => ({
    name: row.name,
    type: row.type,
    // A rowid is never null, whatever the pragma says of it.
    required:
      row.notnull === 1 || (row.pk === 1 && row.type === "INTEGER" && rows.filter((r) => r.pk > 0).length === 1),
    key: row.pk > 0,
  }));
}

test.each(tables.map((table) => [getTableConfig(table).name, table] as const))("%s", async (name, table) => {
  expect(described(table)).toEqual(await made(name));
});

test("no table is missing from the schema file", async () => {
  const rows = await all(
    ground(),
    sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'table'
    AND substr(name, 1, 3) NOT IN ('_cf', 'd1_') AND substr(name, 1, 6) <> 'sqlite' ORDER BY name`,
  );
  expect(tables.map((table) => getTableConfig(table).name).sort()).toEqual(rows.map((row) => row.name));
});

test("a table's export has its name, by which rows are written", () => {
  const entries = Object.entries(schema).filter(([, value]) => is(value, SQLiteTable)) as unknown as [
    string,
    SQLiteTable,
  ][];
  for (const [name, table] of entries) expect(getTableConfig(table).name).toBe(name);
});

test("what is not given of a row has the default that the types say it has", async () => {
  for (const table of tables) {
    const { name } = getTableConfig(table);
    const rows = await all(
      ground(),
      sql<{ name: string; dflt_value: string | null }>`SELECT name, dflt_value FROM pragma_table_info(${name})`,
    );
    const defaults = new Map(rows.map((row) => [row.name, row.dflt_value]));
    for (const { name: column, default: value } of Object.values(getTableColumns(table))) {
      const said = value === undefined ? null : typeof value === "string" ? `'${value}'` : String(value);
      expect(defaults.get(column), `${name}.${column}`).toBe(said);
    }
  }
});

test("every guard has its column", () => {
  expect(Object.keys(getTableColumns(schema.guard))).toEqual([...guards]);
});
