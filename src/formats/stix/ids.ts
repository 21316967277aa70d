/**
 * Ids of our own STIX objects. They are made of the tip's id and an ordinal, never of a value, and an id leads back to its tip
 * without a table. The JSON schemas of STIX take UUIDs of the versions 1 to 5 alone, tips' ids may be of any, so an id cannot
 * hold all 125 bits of a tip's. It holds, from the left:
 *
 *   digits  1–11  the first 44 bits of the tip's id. Of a tip's id of version 7 they are the time at which it was made, in
 *                 steps of 16 ms
 *   digit   12    digest
 *   digit   13    4, the version of a random UUID
 *   digits  14–28 digest, but for the two bits of the variant: with digit 12, 62 bits of SHA-256 over the tip's id
 *   digits  29–32 two bits for the kind of object, fourteen for the ordinal
 *
 * The digest finds the tip: anybody can publish thousands of tips whose ids begin like a stranger's, so that a search among
 * those would not come to his. And it is there so that nobody can make an id of his own tip that is
 * an object of another's: had the id the tip's own digits, a tip whose id differs from a stranger's in the last ones alone
 * would overwrite, or revoke, the stranger's indicators in the tool of whoever reads both. Against one tip that takes 2^62
 * digests.
 */
import { markOf } from "../../core/tip-mark.ts";
import { grouped } from "./uuid.ts";

/** A statement's ordinal is the tip's version: markings have no versions of their own (STIX 2.1, section 7.2). */
export type ObjectKind = "campaign" | "indicator" | "indicates" | "based-on" | "statement";

const kinds = {
  campaign: { type: "campaign", code: 0 },
  statement: { type: "marking-definition", code: 0 },
  indicator: { type: "indicator", code: 1 },
  indicates: { type: "relationship", code: 2 },
  "based-on": { type: "relationship", code: 3 },
} as const satisfies Record<ObjectKind, { type: string; code: number }>;

export const prefixDigits = 11;
/** Fourteen bits: a tip has at most 10,000 indicators. */
export const ordinals = 0x4000;

/** Made for each object of a tip in turn: the last one is kept. */
let last: { tip: string; head: string } | undefined;

/** The first 28 digits of the ids of a tip's objects. */
export function headOf(tip: string): string {
  if (last?.tip === tip) return last.head;
  const digest = markOf(tip);
  const variant = (0x8 | (Number.parseInt(digest[4]!, 16) & 0x3)).toString(16);
  const head = `${tip.replaceAll("-", "").slice(0, prefixDigits)}${digest[0]}4${digest.slice(1, 4)}${variant}${digest.slice(5)}`;
  last = { tip, head };
  return head;
}

export function idOf(kind: ObjectKind, tip: string, ordinal: number): string {
  const { type, code } = kinds[kind];
  const tail = code * ordinals + (ordinal % ordinals);
  return `${type}--${grouped(headOf(tip) + tail.toString(16).padStart(4, "0"))}`;
}

/** What an id of ours says, and which tip it is of: one of those marks (`markOf`) that `matches` confirms. */
export interface ObjectId {
  kind: ObjectKind;
  ordinal: number;
  marks: readonly string[];
  /** Where a tip's id lies, both included. */
  from: string;
  to: string;
  matches(tip: string): boolean;
}

/** Of the digit that holds the variant too, two bits of the mark are not known. */
export const marksIn = (digits: string): string[] =>
  [0x0, 0x4, 0x8, 0xc].map((bits) => {
    const digit = (Number.parseInt(digits[16]!, 16) & 0x3) | bits;
    return `${digits[11]}${digits.slice(13, 16)}${digit.toString(16)}${digits.slice(17, 28)}`;
  });

const form = /^([a-z-]+)--([0-9a-f]{8})-([0-9a-f]{4})-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{8}([0-9a-f]{4})$/;

/** Undefined for what cannot be an id of ours. */
export function readObjectId(id: string): ObjectId | undefined {
  const [, type, first, second, tail] = form.exec(id) ?? [];
  const packed = Number.parseInt(tail ?? "", 16);
  const code = Math.floor(packed / ordinals);
  const kind = (Object.keys(kinds) as ObjectKind[]).find(
    (each) => kinds[each].type === type && kinds[each].code === code,
  );
  if (!kind) return undefined;
  const ordinal = packed % ordinals;
  const prefix = `${first}-${second!.slice(0, 3)}`;
  return {
    kind,
    ordinal,
    marks: marksIn(id.slice(id.indexOf("--") + 2).replaceAll("-", "")),
    from: `${prefix}0-0000-0000-000000000000`,
    to: `${prefix}f-ffff-ffff-ffffffffffff`,
    matches: (tip) => idOf(kind, tip, ordinal) === id,
  };
}
