/** Whether the author may address each recipient. What it may not address answers alike, whether it exists or not. */
import type { Audience } from "../core/audience.ts";
import { readToken } from "../core/names.ts";
import { type Fault, problem } from "../core/problem.ts";
import { selectGroupsOf } from "../store/groups.ts";
import { selectKinds } from "../store/partners.ts";

type Scope = Pick<Audience, "to" | "except">;

const named = ({ to, except }: Scope): string[] => [
  ...to.flatMap((text) => {
    const token = readToken(text);
    return token?.form === "partner" ? [token.partner] : [];
  }),
  ...except,
];

export interface PartnerKind {
  slug: string;
  kind: string;
}
export interface GroupKind {
  slug: string;
  mixed: number;
}

/** Two statements: the partners named, and the author's groups. */
export const selectRecipients = (author: string, scope: Scope) =>
  [selectKinds(named(scope)), selectGroupsOf(author)] as const;

/** The groups an audience names: its author must belong to each. */
export const groupsNamed = ({ to }: Scope): string[] =>
  to.flatMap((text) => {
    const token = readToken(text);
    return token?.form === "group" ? [token.group] : [];
  });

/** The author left a group between the check and the write. */
export const leftGroup = problem(
  "unknown-recipient",
  "You no longer belong to a group you address. Nothing was stored.",
);

export function recipientFaults(
  audience: Scope,
  handling: readonly string[],
  partners: readonly PartnerKind[],
  groups: readonly GroupKind[],
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
