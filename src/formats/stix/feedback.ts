/**
 * What partners said of a tip, as STIX objects beside the tip's own: a sighting where something was seen, an opinion where it
 * was judged. Of each partner the newest word on each indicator, of the version that is given; other statuses make nothing.
 */
import { type Feedback, type FeedbackStatus, wordsOf } from "../../core/feedback.ts";
import type { SharedTip } from "../shared-tip.ts";
import { present, type StixObject, stixTime } from "./extension.ts";
import { frameOf } from "./head.ts";
import { idOf } from "./ids.ts";
import { uuidOfUrl } from "./uuid.ts";

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
const sighted: readonly FeedbackStatus[] = ["found", "actioned"];
/** STIX 2.1, section 5.2. */
const mostSightings = 999_999_999;

/** `ordinals`: of the indicators that are in the bundle. */
export function feedbackObjects(tip: SharedTip, ordinals: ReadonlySet<number>, said: readonly SaidOf[]): StixObject[] {
  const objects = new Map<string, StixObject>();
  const told = new Set<string>();
  for (const one of said) {
    const { document } = one;
    if (!document || one.void || document.version !== tip.version) continue;
    for (const [at, word] of wordsOf(document).entries()) {
      const newest = word.ordinals.filter((ordinal) => !told.has(`${one.by} ${ordinal}`));
      for (const ordinal of newest) told.add(`${one.by} ${ordinal}`);
      const spoken = newest.filter((ordinal) => ordinal === -1 || ordinals.has(ordinal));
      if (!opinions[word.status] || spoken.length === 0) continue;
      for (const object of objectsOf(tip, one, at, { note: document.note, ...word, ordinals: spoken }))
        objects.set(object.id, object);
    }
  }
  return [...objects.values()];
}

type Word = Pick<NonNullable<Feedback["indicators"]>[number], "ordinals" | "status" | "seen" | "note">;

function objectsOf(tip: SharedTip, { feedback, by, accepted_at }: SaidOf, at: number, word: Word): StixObject[] {
  const giver = identityId(tip, by);
  const made = (type: string, part: string) => ({
    type,
    spec_version: "2.1" as const,
    id: `${type}--${uuidOfUrl(`${tip.exchange}/v1/tips/${tip.tip}/feedback/${feedback}#${part}`)}`,
    created_by_ref: giver,
    created: accepted_at,
    modified: accepted_at,
    object_marking_refs: frameOf(tip).object_marking_refs,
  });
  const about = (ordinal: number): string =>
    ordinal < 0 ? idOf("campaign", tip.tip, 0) : idOf("indicator", tip.tip, ordinal);
  const { count, first, last } = word.seen ?? {};
  const [from, to] = [stixTime(first), stixTime(last)];
  return [
    identity(tip, by),
    ...(sighted.includes(word.status)
      ? word.ordinals.map((ordinal) => ({
          ...made("sighting", `${at}/${ordinal}`),
          sighting_of_ref: about(ordinal),
          where_sighted_refs: [giver],
          ...present({ first_seen: from, last_seen: to, description: word.note }),
          // What was counted is of all the word's indicators together.
          ...(count !== undefined && word.ordinals.length === 1 && { count: Math.min(count, mostSightings) }),
        }))
      : []),
    {
      ...made("opinion", `${at}`),
      opinion: opinions[word.status],
      object_refs: word.ordinals.map(about),
      authors: [by],
      ...present({ explanation: word.note }),
    },
  ];
}

const identityId = ({ exchange }: SharedTip, slug: string): string =>
  `identity--${uuidOfUrl(`${exchange}/partners/${slug}`)}`;

/** As little as there is to say; older than any that comes with a tip of that partner's, which has its name. */
const identity = (tip: SharedTip, slug: string): StixObject => ({
  type: "identity",
  spec_version: "2.1",
  id: identityId(tip, slug),
  created: "2026-01-01T00:00:00.000Z",
  modified: "2026-01-01T00:00:00.000Z",
  name: slug,
  identity_class: "organization",
});
