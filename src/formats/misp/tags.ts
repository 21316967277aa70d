/** Tags of an event and of an indicator, spelt as MISP's taxonomies spell them; what they have no word for is under `tipoff:`. */
import type { Indicator } from "../../core/indicators/family.ts";
import { namesOf } from "../../core/marks.ts";
import type { TipDocument } from "../../core/tip.ts";

export interface Tag {
  name: string;
  colour: string;
}

/** FIRST's colours of TLP 2.0, and those of the PAP taxonomy. */
const colours: Record<string, string> = {
  "tlp:red": "#ff2b2b",
  "tlp:amber": "#ffc000",
  "tlp:amber+strict": "#ffc000",
  "tlp:green": "#33ff00",
  "tlp:clear": "#ffffff",
  "PAP:RED": "#ff0000",
  "PAP:AMBER": "#ffa800",
  "PAP:GREEN": "#00ad1c",
  "PAP:CLEAR": "#ffffff",
};
const tag = (name: string): Tag => ({ name, colour: colours[name] ?? "#4a5a78" });
const own = (predicate: string, values: readonly (string | undefined)[] | undefined): string[] =>
  (values ?? []).flatMap((value) => (value === undefined ? [] : `tipoff:${predicate}="${value}"`));

/** The bounds are those of STIX 2.1, appendix A, "None / Low / Med / High". Zero is no confidence at all, and no word of ICD 203's. */
const confidenceTag = (confidence: number | undefined): string[] =>
  confidence === undefined || confidence < 1
    ? []
    : [
        `estimative-language:confidence-in-analytic-judgment="${confidence < 30 ? "low" : confidence < 70 ? "moderate" : "high"}"`,
      ];

export function eventTags({ tlp, pap, handling, embargo, ask, basis, operation }: TipDocument): Tag[] {
  return [
    `tlp:${tlp}`,
    ...(pap ? [`PAP:${pap.toUpperCase()}`] : []),
    ...own("handling", handling),
    ...own("embargo", [embargo?.until]),
    ...own("embargo-no", embargo?.no),
    ...own("ask", ask?.for),
    ...own("urgency", [ask?.urgency]),
    ...own("basis", basis),
    ...own("actor-type", [operation.assessment?.actor_type]),
    ...confidenceTag(operation.assessment?.confidence),
    ...own("procedure", operation.procedures),
  ].map(tag);
}

export const indicatorTags = ({ control, role, procedures, confidence }: Indicator, mark = 0): Tag[] =>
  [
    ...own("state", namesOf(mark)),
    ...own("control", [control]),
    ...own("role", [role]),
    ...own("procedure", procedures),
    ...confidenceTag(confidence),
  ].map(tag);
