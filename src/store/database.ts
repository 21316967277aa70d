/** How SQL reaches D1: drizzle's `sql` template binds every value; batches are one transaction; guards abort them by name. */
import { type SQL, sql } from "drizzle-orm";
import { SQLiteSyncDialect } from "drizzle-orm/sqlite-core";

export { type SQL, sql };

const dialect = new SQLiteSyncDialect();

export function prepare(db: D1Database, query: SQL): D1PreparedStatement {
  const { sql: text, params } = dialect.sqlToQuery(query);
  return db.prepare(text).bind(...params);
}

/** Runs all statements in one transaction; the rows of each, in order. */
export async function batch(db: D1Database, queries: SQL[]): Promise<Record<string, unknown>[][]> {
  const results = await db.batch<Record<string, unknown>>(queries.map((query) => prepare(db, query)));
  return results.map((result) => result.results);
}

export async function all<Row>(db: D1Database, query: SQL): Promise<Row[]> {
  return (await prepare(db, query).all<Row>()).results;
}

export async function first<Row>(db: D1Database, query: SQL): Promise<Row | undefined> {
  return (await prepare(db, query).first<Row>()) ?? undefined;
}

export const guards = [
  "key_live",
  "version_current",
  "audience_current",
  "not_withdrawn",
  "tip_free",
  "invitation_open",
  "recipients_known",
  "not_last",
] as const;
export type Guard = (typeof guards)[number];

/** The first statements of a write batch: aborts all of it, by name, unless the condition holds at that moment. */
export const guard = (name: Guard, condition: SQL): SQL =>
  sql`INSERT INTO guard (${sql.raw(name)}) SELECT 0 WHERE NOT (${condition})`;

/** Which guard aborted the batch; undefined where the failure was something else. */
export function brokenGuard(error: unknown): Guard | undefined {
  const name = /CHECK constraint failed: (\w+)/.exec(String((error as Error)?.message))?.[1];
  return guards.find((known) => known === name);
}

export const isTaken = (error: unknown): boolean => /UNIQUE constraint failed/.test(String((error as Error)?.message));

/** One bound parameter for a list of rows or values; read with `json_each`. */
export const json = (value: unknown): string => JSON.stringify(value);
