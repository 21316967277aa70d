/** Whether the author may address each recipient. What it may not address answers alike, whether it exists or not. */
import type { Audience } from "../core/audience.ts";
import { readToken } from "../core/names.ts";
import { type Fault, problem } from "../core/problem.ts";
import { json, type SQL, sql } from "../store/database.ts";

const named = (audience: Audience): string[] => [
  ...audience.to.flatMap((text) => {
    const token = readToken(text);
    return token?.form === "partner" ? [token.partner] : [];
  }),
  ...audience.except,
];

/** Two statements: the partners named, and the author's groups. */
export const selectRecipients = (author: string, audience: Audience): [SQL, SQL] => [
  sql`SELECT slug, kind FROM partner WHERE slug IN (SELECT value FROM json_each(${json(named(audience))}))`,
  sql`SELECT g.slug, g.mixed FROM membership m JOIN sharing_group g ON g.slug = m.group_slug WHERE m.partner = ${author}`,
];

/** The author belongs to every group it addresses, judged again inside the write batch. */
export const stillBelongs = (author: string, audience: Audience): SQL => sql`NOT EXISTS (
  SELECT 1 FROM json_each(${json(
    audience.to.flatMap((text) => {
      const token = readToken(text);
      return token?.form === "group" ? [token.group] : [];
    }),
  )}) g WHERE NOT EXISTS (SELECT 1 FROM membership m WHERE m.partner = ${author} AND m.group_slug = g.value))`;

/** The author left a group between the check and the write. */
export const leftGroup = problem(
  "unknown-recipient",
  "You no longer belong to a group you address. Nothing was stored.",
);

export function recipientFaults(
  audience: Audience,
  handling: readonly string[],
  partners: readonly { slug: string; kind: string }[],
  groups: readonly { slug: string; mixed: number }[],
): Fault[] {
  const faults: Fault[] = [];
  const kinds = new Map(partners.map((row) => [row.slug, row.kind]));
  const mixed = new Map(groups.map((row) => [row.slug, row.mixed === 1]));
  const unknown = (pointer: string) =>
    faults.push({
      pointer,
      detail: "You cannot address this recipient: check the name, and that you belong to the group.",
    });
  audience.to.forEach((text, index) => {
    const token = readToken(text);
    const pointer = `/to/${index}`;
    if (token?.form === "partner") {
      if (!kinds.has(token.partner)) unknown(pointer);
      else if (kinds.get(token.partner) === "law_enforcement" && handling.includes("no-law-enforcement")) {
        faults.push({ pointer, detail: "The tip's handling says no-law-enforcement." });
      }
    }
    if (token?.form === "group" && !(mixed.has(token.group) && (!token.law_enforcement || mixed.get(token.group))))
      unknown(pointer);
  });
  audience.except.forEach((partner, index) => {
    if (!kinds.has(partner)) unknown(`/except/${index}`);
  });
  return faults;
}
