/** Why a law-enforcement partner reads: one row for each purpose it stated, to which its accesses refer. */
import { insertInto } from "./database.ts";
import { purpose } from "./schema.ts";

export type PurposeRow = typeof purpose.$inferInsert;

/** The same purpose again is the same row. */
export const insertPurpose = (row: PurposeRow) => insertInto(purpose).values(row).onConflictDoNothing();
