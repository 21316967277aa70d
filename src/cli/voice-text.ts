/** Whether a `false_positive` disputes, in words for whoever said it. */
import type { OwnVoice } from "../client/feedback.ts";
import type { VoicelessReason } from "../core/feedback.ts";
import { limits } from "../core/limits.ts";

const { disputes } = limits;

const reasons: Record<VoicelessReason, string> = {
  "whole-tip": "it is of the tip as a whole; name indicators (--indicators)",
  "law-enforcement": "an agency has no voice in disputes",
  ended: "the indicator has ended",
  "budget-used": `your budget is used: ${disputes.indicators} in ${disputes.days} days (${disputes.hosted} of what you host), ${disputes.share * 100} % of one tip's`,
  "no-second-voice":
    "you took your voice back, or its dispute was decided: there is no second one while the indicator stays as it is",
  "no-ownership": "the steward has attested no ownership of yours: ask it",
  "enrolled-recently": `you are enrolled for less than ${disputes.enrolled_days} days`,
  "related-to-author": "you and the author are of one ownership",
};

const shownAtMost = 20;
const placesText = (places: readonly number[]): string =>
  places.length > shownAtMost
    ? `${places.slice(0, shownAtMost).join()} and ${places.length - shownAtMost} more`
    : places.join();

export const voiceText = ({ alone, with_another, not_counted = [] }: OwnVoice): string[] => [
  ...(alone ? [`Disputed by your word alone, since you host it: ${placesText(alone)}.`] : []),
  ...(with_another
    ? [`Your voice counts, and disputes with that of another unrelated partner: ${placesText(with_another)}.`]
    : []),
  ...not_counted.map(
    ({ reason, indicators }) =>
      `Told to the author, but no voice in a dispute${indicators ? `: ${placesText(indicators)}` : ""} (${reasons[reason]}).`,
  ),
];
