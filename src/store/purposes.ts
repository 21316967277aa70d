/** Why a law-enforcement partner reads: one row for each purpose it stated, to which its accesses refer. */
import { and, eq } from "drizzle-orm";
import { insertInto, query } from "./database.ts";
import { purpose } from "./schema.ts";

/** The same purpose again is the same row. */
export const insertPurpose = (row: typeof purpose.$inferInsert) =>
  insertInto(purpose).values(row).onConflictDoNothing();

export const selectPurposeEnd = (id: string, partner: string) =>
  query
    .select({ until: purpose.until })
    .from(purpose)
    .where(and(eq(purpose.purpose, id), eq(purpose.partner, partner)));
