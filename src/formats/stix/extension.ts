/**
 * What the mapping to STIX 2.1 makes, and the one extension that carries what STIX has no place for
 * (docs/stix.md). Everything here is a function of the tip alone: the same tip gives the same objects.
 */
import { instant, parseTime } from "../../core/time.ts";

export type StixObject = { type: string; spec_version: "2.1"; id: string } & Record<string, unknown>;

export interface StixBundle {
  type: "bundle";
  id: string;
  objects: StixObject[];
}

/** The extension's id, and the day its form was fixed: both stand in what others have kept, and never change. */
export const extensionId = "extension-definition--dfd5336f-186e-4290-ae72-f32f4a65a41b";
const fixedAt = "2026-11-25T00:00:00.000Z";
const maker = "identity--ae670bab-b48f-4ed1-aca6-bc7561bd9e80";

/**
 * What describes the extension (STIX 2.1, section 7.3), for whoever asks for it. Not in bundles: the JSON schema of a bundle
 * knows no extension definitions.
 */
export const definitions: readonly StixObject[] = [
  {
    type: "identity",
    spec_version: "2.1",
    id: maker,
    created: fixedAt,
    modified: fixedAt,
    name: "Tipoff",
    identity_class: "system",
  },
  {
    type: "extension-definition",
    spec_version: "2.1",
    id: extensionId,
    created_by_ref: maker,
    created: fixedAt,
    modified: fixedAt,
    name: "Tipoff",
    description: "What a tip says of an operation and its indicators that STIX 2.1 has no property for.",
    schema: "docs/stix.md of Tipoff: members named and formed as in a tip's document.",
    version: "1.0.0",
    extension_types: ["property-extension", "new-sco"],
  },
];

/** An object's `extensions` with the members of ours, those that are there. */
export const extended = (
  members: Record<string, unknown>,
  type: "property-extension" | "new-sco" = "property-extension",
): Record<string, unknown> => ({ [extensionId]: { extension_type: type, ...present(members) } });

/** Without the members that are undefined. */
export function present(members: Record<string, unknown>): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name of Object.keys(members)) if (members[name] !== undefined) found[name] = members[name];
  return found;
}

const yearOne = Date.parse("0001-01-01T00:00:00Z");

/** An RFC 3339 time or a day as STIX writes it: UTC with milliseconds. The year 0 is none: readers fail at it. */
export function stixTime(text: string | undefined): string | undefined {
  const ms = text === undefined ? undefined : parseTime(text);
  return ms === undefined || ms < yearOne ? undefined : instant(ms);
}
