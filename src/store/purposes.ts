/** Why a law-enforcement partner reads: one row for each purpose it stated, to which its accesses refer. */
import { and, eq } from "drizzle-orm";
import { insertInto, query } from "./database.ts";
import { purpose } from "./schema.ts";

export type PurposeRow = typeof purpose.$inferInsert;

/** The same purpose again is the same row. */
export const insertPurpose = (row: PurposeRow) => insertInto(purpose).values(row).onConflictDoNothing();

export const selectPurposeEnd = (id: string, partner: string) =>
  query
    .select({ until: purpose.until })
    .from(purpose)
    .where(and(eq(purpose.purpose, id), eq(purpose.partner, partner)));
