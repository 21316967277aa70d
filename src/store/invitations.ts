/** Invitations: kept by the hash of their code, used once, over at a time. */
import { and, eq, gt, isNull } from "drizzle-orm";
import { insertInto, query, type SQL, sql, update } from "./database.ts";
import { invitation } from "./schema.ts";

export const insertInvitation = (row: typeof invitation.$inferInsert) => insertInto(invitation).values(row);

export const selectOpenInvitation = (codeSha256: string, now: string) =>
  query
    .select({ partner: invitation.partner })
    .from(invitation)
    .where(and(eq(invitation.code_sha256, codeSha256), isNull(invitation.used_at), gt(invitation.expires_at, now)));

export const invitationOpen = (codeSha256: string, now: string): SQL => sql`EXISTS (
  SELECT 1 FROM invitation WHERE code_sha256 = ${codeSha256} AND used_at IS NULL AND expires_at > ${now})`;

export const useInvitation = (codeSha256: string, now: string) =>
  update(invitation).set({ used_at: now }).where(eq(invitation.code_sha256, codeSha256));
