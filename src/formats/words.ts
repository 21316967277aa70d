/** The words that bind a reader, as files and paper say them. */
import type { Tlp } from "../core/audience.ts";
import type { TipDocument } from "../core/tip.ts";

export const notEvidence =
  "Intelligence lead, not evidence. It is one partner's word about what it saw; verify it, and obtain records by legal process, before anybody relies on it.";

/** TLP 2.0 (FIRST), in a sentence. */
export const tlpWords: Record<Tlp, string> = {
  red: "For the eyes and ears of individual recipients only: not to be shared any further.",
  "amber+strict": "For your organisation only, and there for those who need to know.",
  amber: "For your organisation and its clients, and there for those who need to know.",
  green: "For your community: not over public channels.",
  clear: "May be shared without limit.",
};

export const handlingWords: Record<NonNullable<TipDocument["handling"]>[number], string> = {
  "human-review": "No automated enforcement on this alone.",
  "no-publication": "Not to be published.",
  "no-source-attribution": "Who wrote it is not to be named.",
  "no-contact-with-subject": "Those it is about are not to be contacted.",
  "no-law-enforcement": "Not to be passed on to law enforcement.",
};

export const askWords: Record<NonNullable<TipDocument["ask"]>["for"][number], string> = {
  investigate: "investigate",
  confirm: "confirm or refute it",
  preserve: "preserve records (a request, not legal process)",
  hold: "hold: do not act yet (advice, never binding)",
  information: "say what you know",
};

export const embargoWords: Record<NonNullable<TipDocument["embargo"]>["no"][number], string> = {
  publication: "no publication",
  enforcement: "no enforcement",
  "user-notice": "no notice to users",
};
