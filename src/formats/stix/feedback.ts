/**
 * What partners said of a tip, as STIX objects beside the tip's own: a sighting where something was seen, an opinion where it
 * was judged; other statuses make nothing. Of each partner the newest word on each indicator of the version that is given, and on
 * the tip as a whole: what it says anew is a later version of the same objects, and what it says no more is revoked.
 */
import { type Feedback, type FeedbackStatus, wordsOf } from "../../core/feedback.ts";
import type { SharedTip } from "../shared-tip.ts";
import { present, type StixObject, stixTime } from "./extension.ts";
import { frameOf, identityId } from "./head.ts";
import { idOf } from "./ids.ts";
import { type WordType, wordId } from "./word-ids.ts";

/** One document as its reader has it; the newest come first. */
export interface SaidOf {
  feedback: string;
  by: string;
  accepted_at: string;
  void?: true;
  document?: Feedback;
}

/** STIX 2.1, section 10.13, by what a status says of the author's claim. */
const opinions: Partial<Record<FeedbackStatus, string>> = {
  found: "agree",
  actioned: "agree",
  no_violation: "disagree",
  false_positive: "strongly-disagree",
};
/** STIX 2.1, section 5.2. */
const mostSightings = 999_999_999;

/** What a status makes. */
export function madeOf(status: FeedbackStatus): readonly WordType[] {
  if (status === "found" || status === "actioned") return ["sighting", "opinion"];
  return opinions[status] ? ["opinion"] : [];
}

/** `ordinals`: of the indicators that are in the bundle. */
export function feedbackObjects(tip: SharedTip, ordinals: ReadonlySet<number>, said: readonly SaidOf[]): StixObject[] {
  const objects = new Map<string, StixObject>();
  const told = new Set<string>();
  const firsts = new Map(said.map(({ by, accepted_at }) => [by, accepted_at]));
  for (const { document, by, accepted_at: modified, ...one } of said) {
    if (!document || one.void) continue;
    const created = firsts.get(by)!;
    for (const [ordinal, word] of spokenWords(document)) {
      if (told.has(`${by} ${ordinal}`) || (ordinal !== -1 && document.version !== tip.version)) continue;
      told.add(`${by} ${ordinal}`);
      if ((ordinal !== -1 && !ordinals.has(ordinal)) || madeOf(word.status).length === 0) continue;
      const giver = partner(tip, by);
      for (const object of [giver, ...wordObjects(tip, { by, ordinal, created, modified }, word)])
        objects.set(object.id, object);
    }
  }
  return [...objects.values()];
}

export type Word = Pick<NonNullable<Feedback["indicators"]>[number], "status" | "seen" | "note"> & {
  /** It is said of this ordinal alone. */
  isAlone: boolean;
};

/** Each word of a document with the ordinal it is of, in the document's order. */
export const spokenWords = (document: Feedback): [ordinal: number, word: Word][] =>
  wordsOf(document).flatMap(({ ordinals, status, seen, note = document.note }) =>
    ordinals.map((ordinal): [number, Word] => [ordinal, { status, seen, note, isAlone: ordinals.length === 1 }]),
  );

/** Whose word on what. */
export interface WordOf {
  by: string;
  ordinal: number;
  /** When the partner first spoke of the tip, and when it said this. */
  created: string;
  modified: string;
}

/** A sighting before an opinion. */
export function wordObjects(tip: SharedTip, of: WordOf, { status, seen = {}, note, isAlone }: Word): StixObject[] {
  const giver = identityId(tip.exchange, of.by);
  const about = aboutOf(tip.tip, of.ordinal);
  const [from, to] = [stixTime(seen.first), stixTime(seen.last)];
  return madeOf(status).map((type) => ({
    ...frameOfWord(tip, type, of),
    object_marking_refs: frameOf(tip).object_marking_refs,
    ...(type === "sighting"
      ? {
          sighting_of_ref: about,
          where_sighted_refs: [giver],
          ...present({ first_seen: from, last_seen: to, description: note }),
          // What was counted is of all the word's indicators together.
          ...(seen.count !== undefined && isAlone && { count: Math.min(seen.count, mostSightings) }),
        }
      : { opinion: opinions[status], object_refs: [about], authors: [of.by], ...present({ explanation: note }) }),
  }));
}

/**
 * What takes the place of a word that is not told any more: the same id, a later version, and nothing of what was said. Tools know
 * a sighting by what was seen and where, so that the references stay.
 */
export const revokedWord = (tip: Past, type: WordType, of: WordOf): StixObject => ({
  ...frameOfWord(tip, type, of),
  revoked: true,
  ...(type === "sighting"
    ? { sighting_of_ref: aboutOf(tip.tip, of.ordinal), where_sighted_refs: [identityId(tip.exchange, of.by)] }
    : // One is required; this is the same for all.
      { opinion: "neutral", object_refs: [aboutOf(tip.tip, of.ordinal)] }),
});

type Past = Pick<SharedTip, "tip" | "exchange">;

const frameOfWord = ({ tip, exchange }: Past, type: WordType, { by, ordinal, created, modified }: WordOf) => ({
  type,
  spec_version: "2.1" as const,
  id: wordId(type, tip, by, ordinal),
  created_by_ref: identityId(exchange, by),
  created,
  modified,
});

const aboutOf = (tip: string, ordinal: number): string =>
  ordinal < 0 ? idOf("campaign", tip, 0) : idOf("indicator", tip, ordinal);

/** As little as there is to say; older than any that comes with a tip of that partner's, which has its name. */
const partner = ({ exchange }: SharedTip, slug: string): StixObject => ({
  type: "identity",
  spec_version: "2.1",
  id: identityId(exchange, slug),
  created: "2026-01-01T00:00:00.000Z",
  modified: "2026-01-01T00:00:00.000Z",
  name: slug,
  identity_class: "organization",
});
