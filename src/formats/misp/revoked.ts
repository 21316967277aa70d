/**
 * What a reader no longer may have: the attributes and objects it was given, each marked deleted and holding what MISP itself
 * writes into what it sanitises on deletion (`Security.sanitise_attribute_on_delete`): type `comment`, value `deleted`. A MISP
 * that pulls this overwrites the values it has; nothing of the tip's content is needed to make it.
 */

import type { SharedTip } from "../shared-tip.ts";
import { type ManifestEntry, type MispAttribute, type MispEvent, type MispObject, secondsOf } from "./format.ts";
import { eventUuid, indicatorUuids, orgUuid, reportUuid, slots } from "./uuid.ts";

/** An indicator a reader was given, and of how many parts its object is (`partsOf`; 0: it is an attribute); absent, unknown. */
export interface Had {
  ordinal: number;
  parts?: number;
}

type Revoked = Pick<SharedTip, "exchange" | "tip" | "from">;

/** No template of `templates.ts` has more relations. */
export const mostParts = 6;
const info = "Withdrawn, expired or recalled";

function deletedAttribute(uuid: string, timestamp: string): MispAttribute {
  return {
    uuid,
    type: "comment",
    category: "Other",
    value: "deleted",
    comment: "",
    to_ids: false,
    disable_correlation: true,
    distribution: "5",
    timestamp,
    deleted: true,
  };
}

export function deletedPart(uuid: string, timestamp: string): MispAttribute {
  return { ...deletedAttribute(uuid, timestamp), object_relation: "description" };
}

function deletedObject(uuid: string, timestamp: string, parts: MispAttribute[]): MispObject {
  return {
    uuid,
    name: "deleted",
    "meta-category": "misc",
    description: "",
    template_uuid: "49606b06-22f0-4ac8-8eee-2f12ad46f3d3",
    template_version: "6",
    comment: "",
    distribution: "5",
    timestamp,
    deleted: true,
    Attribute: parts,
  };
}

/** `present`: by ordinal, the parts of what the reader still has, 0 for an attribute. */
export function gone(
  tip: string,
  had: readonly Had[],
  timestamp: string,
  present: ReadonlyMap<number, number> = new Map(),
): { Attribute: MispAttribute[]; Object: MispObject[] } {
  const uuid = indicatorUuids(tip);
  const found: { Attribute: MispAttribute[]; Object: MispObject[] } = { Attribute: [], Object: [] };
  for (const { ordinal, parts } of had) {
    const still = present.get(ordinal);
    if (!parts && still !== 0) found.Attribute.push(deletedAttribute(uuid(ordinal, slots.attribute), timestamp));
    // What still is an object is written with the parts it had besides.
    if (parts === 0 || (still ?? 0) > 0) continue;
    const each = Array.from({ length: parts ?? mostParts }, (_, part) =>
      deletedPart(uuid(ordinal, slots.part + part), timestamp),
    );
    found.Object.push(deletedObject(uuid(ordinal, slots.object), timestamp, each));
  }
  return found;
}

/** What the manifest says of such an event. `at`: when the reader lost it. */
export function revokedEntry({ exchange, from }: Revoked, at: string): ManifestEntry {
  return {
    Orgc: { name: from.name, uuid: orgUuid(exchange, from.slug) },
    Tag: [],
    info,
    date: at.slice(0, 10),
    analysis: "2",
    threat_level_id: "4",
    timestamp: secondsOf(at),
  };
}

/** The same event without content. Where the parts are not known, both an attribute and an object are taken back. */
export function revokedEvent(tip: Revoked, had: readonly Had[], at: string): MispEvent {
  const entry = revokedEntry(tip, at);
  const { timestamp } = entry;
  return {
    Event: {
      uuid: eventUuid(tip.tip),
      ...entry,
      published: true,
      publish_timestamp: timestamp,
      ...gone(tip.tip, had, timestamp),
      EventReport: [
        {
          uuid: reportUuid(tip.tip),
          name: "deleted",
          content: "",
          distribution: "5",
          timestamp,
          deleted: true,
        },
      ],
    },
  };
}
