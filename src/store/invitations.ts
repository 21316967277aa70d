/** Invitations: kept by the hash of their code, used once, over at a time. */
import { insertInto, type SQL, sql } from "./database.ts";
import type { invitation } from "./schema.ts";

type Invitation = typeof invitation.$inferSelect;

export const insertInvitation = (row: typeof invitation.$inferInsert) => insertInto("invitation", row);

/** Until it expires; whether it was used is in the row. */
export const selectInvitation = (codeSha256: string, now: string) => sql<Pick<Invitation, "partner" | "used_at">>`
  SELECT partner, used_at FROM invitation WHERE code_sha256 = ${codeSha256} AND expires_at > ${now}`;

export const invitationOpen = (codeSha256: string, now: string): SQL => sql`EXISTS (
  SELECT 1 FROM invitation WHERE code_sha256 = ${codeSha256} AND used_at IS NULL AND expires_at > ${now})`;

export const useInvitation = (codeSha256: string, now: string) =>
  sql`UPDATE invitation SET used_at = ${now} WHERE code_sha256 = ${codeSha256}`;
