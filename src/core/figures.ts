/**
 * What a team shows its management: of the tips it was first handed in a period, by sender or by the token they came through,
 * how many concerned it and what became of them by its own feedback. Pure sums; nothing of a tip's content.
 */

/** One tip, as it was first handed to the partner, and the partner's own words on its indicators. */
export interface Received {
  /** The sender, or the token; null where none of the partner's led to it any more. */
  of: string | null;
  for_you: number;
  found: number;
  new_to_you: number;
  actioned: number;
  no_violation: number;
  false_positives: number;
  /** Until the first feedback; null where there was none. */
  hours: number | null;
}

export interface Figures {
  tips: number;
  tips_for_you: number;
  indicators_for_you: number;
  answered: number;
  found: number;
  new_to_you: number;
  actioned: number;
  false_positives: number;
  false_positive_share: number | null;
  median_hours: number | null;
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const { length } = sorted;
  if (length === 0) return null;
  return rounded((sorted[(length - 1) >> 1]! + sorted[length >> 1]!) / 2, 1);
}

export function figuresOf(tips: readonly Received[]): Figures {
  const sum = (count: (tip: Received) => number) => tips.reduce((total, tip) => total + count(tip), 0);
  const hours = tips.flatMap((tip) => tip.hours ?? []);
  const false_positives = sum((tip) => tip.false_positives);
  const judged = sum((tip) => tip.found + tip.no_violation) + false_positives;
  return {
    tips: tips.length,
    tips_for_you: sum((tip) => Number(tip.for_you > 0)),
    indicators_for_you: sum((tip) => tip.for_you),
    answered: hours.length,
    found: sum((tip) => tip.found),
    new_to_you: sum((tip) => tip.new_to_you),
    actioned: sum((tip) => tip.actioned),
    false_positives,
    false_positive_share: judged === 0 ? null : rounded(false_positives / judged, 3),
    median_hours: medianOf(hours),
  };
}

/** Each sender's, or token's, with most tips first. */
export function figuresBy(tips: readonly Received[]): { of: string | null; figures: Figures }[] {
  const groups = new Map<string | null, Received[]>();
  for (const tip of tips) {
    const group = groups.get(tip.of);
    if (group) group.push(tip);
    else groups.set(tip.of, [tip]);
  }
  return [...groups]
    .map(([of, those]) => ({ of, figures: figuresOf(those) }))
    .sort((a, b) => b.figures.tips - a.figures.tips || (String(a.of) < String(b.of) ? -1 : 1));
}
