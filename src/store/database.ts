/**
 * How SQL reaches D1: drizzle's `sql` template, every value bound. A batch is one transaction; guards abort it by name.
 * Of `schema.ts` only the types are used here and in the statements: drizzle's tables and builders stay out of the Worker.
 */
import { SQL, type SQLWrapper, sql } from "drizzle-orm";
import { CasingCache } from "drizzle-orm/casing";
import { limits } from "../core/limits.ts";
import type * as schema from "./schema.ts";

export { SQL, type SQLWrapper, sql };

type Schema = typeof schema;
/** A table's name, which is that of its export. */
type Table = { [Name in keyof Schema]: Schema[Name] extends { $inferInsert: object } ? Name : never }[keyof Schema];
type NewRow<Name extends Table> = Schema[Name]["$inferInsert"];

/** What is given of a row: a column that is undefined is not. */
const given = (row: object): [string, unknown][] => Object.entries(row).filter(([, value]) => value !== undefined);

/** One row; a column that is not given gets its default. */
export function insertInto<Name extends Table>(
  table: Name,
  row: { [Column in keyof NewRow<Name>]: NewRow<Name>[Column] | SQL },
): SQL {
  const columns = given(row).map(([name]) => sql.identifier(name));
  const values = given(row).map(([, value]) => value);
  return sql`INSERT INTO ${sql.identifier(table)} ${columns} VALUES ${values}`;
}

/** The same, where no such row is there yet. */
export const unlessThere = (insert: SQL): SQL => sql`${insert} ON CONFLICT DO NOTHING`;

/** What follows `UPDATE … SET`; a column that is not given stays as it is. */
export const changes = (row: object): SQL =>
  sql.join(
    given(row).map(([name, value]) => sql`${sql.identifier(name)} = ${value}`),
    sql`, `,
  );

/** What a statement's rows are: the type given to the template (`sql<Row>`). */
export type RowOf<Query> = Query extends SQL<infer Row> ? (unknown extends Row ? Record<string, unknown> : Row) : never;

const written = {
  casing: new CasingCache(),
  escapeName: (name: string) => `"${name.replaceAll('"', '""')}"`,
  escapeParam: () => "?",
  escapeString: (text: string) => `'${text.replaceAll("'", "''")}'`,
};

/**
 * A whole number in the text itself, for LIMIT and OFFSET: SQLite plans a statement anew at each execution that binds one, which
 * takes a millisecond or two where it judges visibility.
 */
export const literal = (whole: number): SQL => sql.raw(String(Math.trunc(whole)));

export function prepare(db: D1Database, statement: SQLWrapper): D1PreparedStatement {
  const { sql: text, params } = statement.getSQL().toQuery(written);
  return db.prepare(text).bind(...params);
}

/** The rows of each statement of a batch. */
export type RowsOf<Queries extends readonly SQLWrapper[]> = { -readonly [At in keyof Queries]: RowOf<Queries[At]>[] };

/** Runs all statements in one transaction; the rows of each, in order. */
export async function batch<const Queries extends readonly SQLWrapper[]>(
  db: D1Database,
  queries: Queries,
): Promise<RowsOf<Queries>> {
  return (await batchAndSize(db, queries)).rows;
}

/** As `batch`, and how many bytes the database has. */
export async function batchAndSize<const Queries extends readonly SQLWrapper[]>(
  db: D1Database,
  queries: Queries,
): Promise<{ rows: RowsOf<Queries>; bytes: number }> {
  const results = await db.batch(queries.map((statement) => prepare(db, statement)));
  return { rows: results.map((result) => result.results) as never, bytes: results[0]?.meta.size_after ?? 0 };
}

export async function all<Query extends SQLWrapper>(db: D1Database, statement: Query): Promise<RowOf<Query>[]> {
  return (await prepare(db, statement).all<RowOf<Query>>()).results;
}

export async function first<Query extends SQLWrapper>(
  db: D1Database,
  statement: Query,
): Promise<RowOf<Query> | undefined> {
  return (await prepare(db, statement).first<RowOf<Query>>()) ?? undefined;
}

export const guards = [
  "key_live",
  "version_current",
  "audience_current",
  "tip_free",
  "invitation_open",
  "recipients_known",
  "not_last",
  "still_due",
  "quota_left",
  "room_left",
  "still_visible",
  "not_held",
  "caller_same",
] as const;
export type Guard = (typeof guards)[number];

/** The first statements of a write batch: aborts all of it, by name, unless every condition holds at that moment. */
export const guard = (name: Guard, ...conditions: SQL[]): SQL =>
  sql`INSERT INTO guard (${sql.raw(name)}) SELECT 0 WHERE NOT (${sql.join(conditions, sql` AND `)})`;

/** Which guard aborted the batch; undefined where the failure was something else. */
export function brokenGuard(error: unknown): Guard | undefined {
  const name = /CHECK constraint failed: (\w+)/.exec(String((error as Error)?.message))?.[1];
  return guards.find((known) => known === name);
}

export const isTaken = (error: unknown): boolean => /UNIQUE constraint failed/.test(String((error as Error)?.message));

/** A text in pieces that the database takes as values. */
export function pieces(text: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; at += limits.piece_bytes) found.push(text.slice(at, at + limits.piece_bytes));
  return found;
}

/** One bound parameter for a list of rows or values. */
export const json = (value: unknown): string => JSON.stringify(value);

/** `IN` a list, which is one bound parameter however long it is. */
export const among = (values: readonly unknown[]): SQL => sql`IN (SELECT value FROM json_each(${json(values)}))`;

/** Chunks of rows as JSON texts, each under D1's value limit. */
export function chunks(rows: readonly (readonly unknown[])[]): string[] {
  const texts: string[] = [];
  let part: string[] = [];
  let size = 0;
  for (const row of rows) {
    const text = json(row);
    if (size + text.length > limits.piece_bytes / 2 && part.length > 0) {
      texts.push(`[${part.join()}]`);
      part = [];
      size = 0;
    }
    part.push(text);
    size += text.length + 1;
  }
  if (part.length > 0) texts.push(`[${part.join()}]`);
  return texts;
}
