/** Invitations: kept by the hash of their code, used once, over at a time. */
import { and, eq, gt } from "drizzle-orm";
import { insertInto, query, type SQL, sql, update } from "./database.ts";
import { invitation } from "./schema.ts";

export const insertInvitation = (row: typeof invitation.$inferInsert) => insertInto(invitation).values(row);

/** Until it expires; whether it was used is in the row. */
export const selectInvitation = (codeSha256: string, now: string) =>
  query
    .select({ partner: invitation.partner, used_at: invitation.used_at })
    .from(invitation)
    .where(and(eq(invitation.code_sha256, codeSha256), gt(invitation.expires_at, now)));

export const invitationOpen = (codeSha256: string, now: string): SQL => sql`EXISTS (
  SELECT 1 FROM invitation WHERE code_sha256 = ${codeSha256} AND used_at IS NULL AND expires_at > ${now})`;

export const useInvitation = (codeSha256: string, now: string) =>
  update(invitation).set({ used_at: now }).where(eq(invitation.code_sha256, codeSha256));
