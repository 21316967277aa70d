/**
 * API roots and their collections. The same tips are in both roots, those under an embargo in one alone, so that asking for
 * them is a choice. Collections are views of what the caller may read, and not its alone are told apart from not there.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { type Tlp, tlps } from "../core/audience.ts";
import { readToken } from "../core/names.ts";
import type { Caller } from "../exchange/exchange.ts";
import { grouped, hexOf } from "../formats/stix/uuid.ts";

export const roots = {
  tips: {
    title: "Tips",
    description: "The tips that you may read, but for those under an embargo: they come when it is over.",
    embargoed: false,
  },
  embargoed: {
    title: "Tips, those under an embargo too",
    description:
      "The tips that you may read, those under an embargo too. Who reads here binds itself: what the marking of such a tip names (publication, enforcement, notice to users) must not be done before the time it names. Connect no tool that acts by itself.",
    embargoed: true,
  },
} as const;
export type RootName = keyof typeof roots;

export interface Collection {
  id: string;
  alias: string;
  title: string;
  description: string;
  root: RootName;
  embargoed: boolean;
  group?: string;
  tlp?: Tlp;
}

const ids = new Map<string, string>();

/** The same for an exchange for ever; in the form of a random UUID (section 2, `identifier`). */
function idOf(exchange: string, root: RootName, alias: string): string {
  const name = `${exchange}/taxii2/${root}/collections/${alias}/`;
  const known = ids.get(name);
  if (known) return known;
  const hex = hexOf(sha256(new TextEncoder().encode(name)));
  const variant = "89ab"[Number.parseInt(hex[16]!, 16) & 3];
  const id = grouped(`${hex.slice(0, 12)}4${hex.slice(13, 16)}${variant}${hex.slice(17, 32)}`);
  if (ids.size > 10_000) ids.clear();
  ids.set(name, id);
  return id;
}

/** In the same order each time: all, by level, by group. */
export function collectionsOf(exchange: string, root: RootName, { held }: Pick<Caller, "held">): Collection[] {
  const { embargoed } = roots[root];
  const make = (alias: string, title: string, description: string, part: Pick<Collection, "group" | "tlp"> = {}) => ({
    id: idOf(exchange, root, alias),
    alias,
    title,
    description,
    root,
    embargoed,
    ...part,
  });
  const groups = new Set(
    held.flatMap(({ token }) => {
      const read = readToken(token);
      return read?.form === "group" ? [read.group] : [];
    }),
  );
  return [
    make("all", "All", "Every tip you may read, by whichever way it reached you."),
    ...tlps.map((tlp) =>
      make(`tlp-${tlp.replace("+", "-")}`, `TLP:${tlp.toUpperCase()}`, `The tips marked TLP:${tlp.toUpperCase()}.`, {
        tlp,
      }),
    ),
    ...[...groups]
      .sort()
      .map((group) =>
        make(`group-${group}`, `Group ${group}`, `The tips that reach you through the group ${group}.`, { group }),
      ),
  ];
}

/** By its id or its alias. */
export const collectionOf = (
  exchange: string,
  root: string,
  name: string,
  caller: Pick<Caller, "held">,
): Collection | undefined =>
  Object.hasOwn(roots, root)
    ? collectionsOf(exchange, root as RootName, caller).find(({ id, alias }) => id === name || alias === name)
    : undefined;
