/**
 * Ids of what a partner says of a tip: a sighting and an opinion for each of them and each ordinal, so that its newer word is a
 * later version of the same object. Formed as the tip's own (`ids.ts`), but for the first eleven digits, which are of SHA-256
 * over the tip's id and the partner's slug; so an id leads back to its tip, and of a few partners to the one.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { markOf } from "../../core/tip-mark.ts";
import { headOf, marksIn, ordinals, prefixDigits } from "./ids.ts";
import { grouped, hexOf } from "./uuid.ts";

export const wordTypes = ["sighting", "opinion"] as const;
export type WordType = (typeof wordTypes)[number];

/** -1, the tip as a whole. */
const whole = ordinals - 1;

/** Made for each word of a partner in turn: the last one is kept. */
let last: { name: string; prefix: string } | undefined;

function prefixOf(tip: string, giver: string): string {
  const name = `${tip} ${giver}`;
  if (last?.name !== name) {
    last = { name, prefix: hexOf(sha256(new TextEncoder().encode(name))).slice(0, prefixDigits) };
  }
  return last.prefix;
}

export function wordId(type: WordType, tip: string, giver: string, ordinal: number): string {
  const tail = (ordinal < 0 ? whole : ordinal).toString(16).padStart(4, "0");
  return `${type}--${grouped(prefixOf(tip, giver) + headOf(tip).slice(prefixDigits) + tail)}`;
}

/** What such an id says, and which tip it is of: one of those marks that `matches` confirms. */
export interface WordId {
  ordinal: number;
  marks: readonly string[];
  /** A tip's id may lie anywhere. */
  from: string;
  to: string;
  matches(tip: string): boolean;
  isBy(tip: string, giver: string): boolean;
}

const form =
  /^(sighting|opinion)--[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{8}([0-3][0-9a-f]{3})$/;

/** Undefined for what cannot be one of ours. */
export function readWordId(id: string): WordId | undefined {
  const [, type, tail] = form.exec(id) ?? [];
  if (type === undefined) return undefined;
  const place = Number.parseInt(tail!, 16);
  const ordinal = place === whole ? -1 : place;
  const marks = marksIn(id.slice(id.indexOf("--") + 2).replaceAll("-", ""));
  return {
    ordinal,
    marks,
    from: "",
    to: "~",
    matches: (tip) => marks.includes(markOf(tip)),
    isBy: (tip, giver) => wordId(type as WordType, tip, giver, ordinal) === id,
  };
}
