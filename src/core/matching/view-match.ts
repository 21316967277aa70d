/** A match as it is shown, at the exchange and at home alike: the indicator, and the terms under which its reader sees the tip. */
import { isCommon } from "../indicators/common.ts";
import type { Indicator } from "../indicators/family.ts";
import { markMembers } from "../marks.ts";
import { endOf, isForReview } from "../tip.ts";
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
  /** Of the reader's own tip. */
  state?: string | null;
}

/** What is shown of a tip's document. */
export interface Heading {
  handling?: string[];
  embargo?: unknown;
  contact?: unknown;
  operation: { id: string; name: string };
}

export function viewOf(found: Match, tip: Answering, heading: Heading): Record<string, unknown> {
  const { handling = [], embargo, contact, operation } = heading;
  const control = found.indicator.control ?? "unknown";
  return {
    tip: tip.tip,
    version: tip.version,
    ordinal: found.ordinal,
    from: tip.author,
    operation: { id: operation.id, name: operation.name },
    through: tip.through,
    ...endOf(tip),
    tlp: tip.tlp,
    handling,
    ...(embargo !== undefined && { embargo }),
    ...(contact !== undefined && { contact }),
    control,
    ...(found.indicator.confidence !== undefined && { confidence: found.indicator.confidence }),
    how: found.how,
    ...(found.distance !== undefined && { distance: found.distance }),
    human_review: isForReview(handling, control, found.mark),
    ...markMembers(found.mark),
    ...(isCommon(found.indicator) && { common: true }),
    indicator: found.indicator,
  };
}
