/** A match as it is shown, at the exchange and at home alike: the indicator, and the terms under which its reader sees the tip. */
import { isCommon } from "../indicators/common.ts";
import type { Indicator } from "../indicators/family.ts";
import { isForReview } from "../tip.ts";
import type { Match } from "./judge-matches.ts";
import type { Question } from "./read-questions.ts";

export interface Answer {
  read_as?: Indicator;
  unreadable?: string;
  hits: Record<string, unknown>[];
  context: Record<string, unknown>[];
  more_hits?: true;
}

/** The answer to a question that nothing has been found for yet. */
export const unanswered = ({ asked, unreadable }: Question): Answer => ({
  ...(asked && { read_as: asked }),
  ...(unreadable && { unreadable }),
  hits: [],
  context: [],
});

/** Of the tip that answers. */
export interface Answering {
  tip: string;
  version: number;
  author: string;
  tlp: string;
  through: string;
}

/** What is shown of a tip's document. */
export interface Heading {
  handling?: string[];
  embargo?: unknown;
  contact?: unknown;
  operation: { id: string; name: string };
}

/** What an exchange says of an indicator beside its document, as bits of one number. */
export const marks = { disputed: 1, undecided: 2, appealed: 4 } as const;

/** `mark`: whatever is said of the indicator, a person looks first. */
export function viewOf(found: Match, tip: Answering, heading: Heading, mark = 0): Record<string, unknown> {
  const { handling = [], embargo, contact, operation } = heading;
  const control = found.indicator.control ?? "unknown";
  return {
    tip: tip.tip,
    version: tip.version,
    ordinal: found.ordinal,
    from: tip.author,
    operation: { id: operation.id, name: operation.name },
    through: tip.through,
    tlp: tip.tlp,
    handling,
    ...(embargo !== undefined && { embargo }),
    ...(contact !== undefined && { contact }),
    control,
    ...(found.indicator.confidence !== undefined && { confidence: found.indicator.confidence }),
    how: found.how,
    ...(found.distance !== undefined && { distance: found.distance }),
    human_review: mark !== 0 || isForReview(handling, control),
    ...((mark & marks.disputed) !== 0 && { disputed: true }),
    ...((mark & marks.undecided) !== 0 && { undecided: true }),
    ...((mark & marks.appealed) !== 0 && { appealed: true }),
    ...(isCommon(found.indicator) && { common: true }),
    indicator: found.indicator,
  };
}
