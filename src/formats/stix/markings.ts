/**
 * How a tip may be handled, as marking definitions: its level of TLP 2.0 under the id that OASIS gave it, and one statement of
 * all the rest, in words for people and as data in our extension. Every object of a tip refers to both.
 */
import type { Tlp } from "../../core/audience.ts";
import { idOf } from "./ids.ts";
import { extended, type SharedTip, type StixObject, stixTime } from "./shared-tip.ts";

/** OASIS cti-stix-common-objects: TLP 2.0 is an extension, since STIX 2.1 itself only knows TLP 1. */
export const tlpExtension = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";
export const tlpIds: Record<Tlp, string> = {
  red: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
  "amber+strict": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
  amber: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
  green: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
  clear: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
};

export const tlpMarking = (tlp: Tlp): StixObject => ({
  type: "marking-definition",
  spec_version: "2.1",
  id: tlpIds[tlp],
  created: "2022-10-01T00:00:00.000Z",
  name: `TLP:${tlp.toUpperCase()}`,
  extensions: { [tlpExtension]: { extension_type: "property-extension", tlp_2_0: tlp } },
});

export const statementId = (tip: SharedTip): string => idOf("statement", tip.tip, tip.version);

export function statementMarking(tip: SharedTip, author: string): StixObject {
  const { pap, handling, embargo, ask, expires_at, issued_at } = tip.document;
  return {
    type: "marking-definition",
    spec_version: "2.1",
    id: statementId(tip),
    created_by_ref: author,
    created: stixTime(issued_at),
    definition_type: "statement",
    definition: { statement: sentences(tip).join(" ") },
    extensions: extended({
      pap,
      handling: handling?.length ? handling : undefined,
      embargo,
      ask,
      expires_at,
    }),
  };
}

const handlingWords: Record<NonNullable<SharedTip["document"]["handling"]>[number], string> = {
  "human-review": "No automated enforcement on this alone: a person must review it.",
  "no-publication": "Not for publication.",
  "no-source-attribution": "Do not name the source.",
  "no-contact-with-subject": "Do not contact the subjects.",
  "no-law-enforcement": "Not for law enforcement.",
};
const askWords: Record<NonNullable<SharedTip["document"]["ask"]>["for"][number], string> = {
  investigate: "investigate",
  confirm: "confirm",
  preserve: "preserve (a request, not legal process)",
  hold: "hold (please do not act yet: advice, not binding)",
  information: "information",
};
const strict = "Only for the organisation that received it.";

function sentences({ tip, version, from, digest, document }: SharedTip): string[] {
  const { tlp, pap, handling, embargo, ask, expires_at, contact } = document;
  return [
    `Intelligence lead, not evidence. TLP:${tlp.toUpperCase()}.`,
    ...(tlp === "amber+strict" ? [strict] : []),
    ...(pap ? [`PAP:${pap.toUpperCase()}.`] : []),
    ...(embargo ? [`Embargo: no ${embargo.no.map(spaced).join(", no ")} before ${embargo.until}.`] : []),
    ...(handling ?? []).map((word) => handlingWords[word]),
    "What is not labelled control:operated is for human review.",
    ...(ask ? [`Asked for: ${ask.for.map((word) => askWords[word]).join(", ")}${conditions(ask)}.`] : []),
    ...(contact ? [`Contact: ${contactText(contact)}.`] : []),
    ...(expires_at ? [`Expires ${expires_at}: erase it then.`] : []),
    `Tip ${tip}, version ${version}, signed by ${from.slug}, SHA-256 ${digest} (base64url): what binds is the signed document.`,
  ];
}

export const contactText = ({ team, name, email, phone, hours }: NonNullable<SharedTip["from"]["contact"]>): string =>
  [team, name, email, phone, hours].filter((part) => part !== undefined).join(", ");

const spaced = (word: string): string => word.replaceAll("-", " ");

const conditions = ({ urgency, respond_by, preserve_until }: NonNullable<SharedTip["document"]["ask"]>): string =>
  [
    urgency && `, ${urgency}`,
    respond_by && `, answer by ${respond_by}`,
    preserve_until && `, preserve until ${preserve_until}`,
  ]
    .filter(Boolean)
    .join("");
