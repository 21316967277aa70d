/**
 * A tip as a MISP event, as a MISP feed serves it. The same tip gives the same event: ids come from the tip's id and the
 * indicators' ordinals, times from the arguments. `mispEvent` also takes back what an earlier version had and this one has not.
 */
import type { Indicator } from "../../core/indicators/family.ts";
import type { SharedTip } from "../shared-tip.ts";
import { type ManifestEntry, type MispEvent, secondsOf } from "./format.ts";
import { itemOf } from "./item.ts";
import { reportOf } from "./report.ts";
import { deletedPart, gone, type Had, mostParts } from "./revoked.ts";
import { eventTags } from "./tags.ts";
import { eventUuid, indicatorUuids, orgUuid, reportUuid, slots } from "./uuid.ts";

/** How one reader comes to the tip. */
export interface Seen {
  /** When it last gained sight: a MISP takes nothing back into sight that is older than the taking away. */
  at?: string;
  /** The embargo is not over. */
  embargoed?: boolean;
  /** What it was given of earlier versions. */
  before?: readonly Had[];
}

const timeOf = ({ modified }: SharedTip, { at }: Seen): string =>
  secondsOf(at !== undefined && Date.parse(at) > Date.parse(modified) ? at : modified);

export const manifestEntry = (tip: SharedTip, seen: Seen = {}): ManifestEntry => ({
  Orgc: { name: tip.from.name, uuid: orgUuid(tip.exchange, tip.from.slug) },
  Tag: eventTags(tip.document),
  info: tip.document.operation.name,
  date: tip.document.issued_at.slice(0, 10),
  // Completed; of no threat level that the tip would state.
  analysis: "2",
  threat_level_id: "4",
  timestamp: timeOf(tip, seen),
});

export function mispEvent(
  tip: SharedTip,
  indicators: readonly { ordinal: number; indicator: Indicator }[],
  seen: Seen = {},
): MispEvent {
  const entry = manifestEntry(tip, seen);
  const { timestamp } = entry;
  const forMachines = letsMachinesAct(tip, seen);
  const uuid = indicatorUuids(tip.tip);
  const before = new Map(seen.before?.map(({ ordinal, parts = mostParts }) => [ordinal, parts]));
  const present = new Map<number, number>();
  const personas = new Map<string, string>();
  const found: Pick<MispEvent["Event"], "Attribute" | "Object"> = { Attribute: [], Object: [] };
  for (const { ordinal, indicator } of indicators) {
    const item = itemOf(indicator, (slot) => uuid(ordinal, slot), timestamp, forMachines, tip.marks?.get(ordinal));
    if (!item.object) {
      present.set(ordinal, 0);
      found.Attribute.push(item.attribute);
      continue;
    }
    const { Attribute, uuid: object } = item.object;
    present.set(ordinal, Attribute.length);
    for (let part = Attribute.length; part < (before.get(ordinal) ?? 0); part++)
      Attribute.push(deletedPart(uuid(ordinal, slots.part + part), timestamp));
    // The accounts of one invented person refer to the first of them.
    const { persona } = indicator;
    const first = persona === undefined ? undefined : personas.get(persona);
    if (persona !== undefined && first === undefined) personas.set(persona, object);
    const reference = {
      uuid: uuid(ordinal, slots.reference),
      object_uuid: object,
      referenced_uuid: first ?? object,
      relationship_type: "related-to",
      timestamp,
    };
    found.Object.push({ ...item.object, ...(first !== undefined && { ObjectReference: [reference] }) });
  }
  const taken = gone(tip.tip, seen.before ?? [], timestamp, present);
  const report = { uuid: reportUuid(tip.tip), name: "The tip", content: reportOf(tip) };
  return {
    Event: {
      uuid: eventUuid(tip.tip),
      ...entry,
      published: true,
      publish_timestamp: timestamp,
      Attribute: [...found.Attribute, ...taken.Attribute],
      Object: [...found.Object, ...taken.Object],
      EventReport: [{ ...report, distribution: "5", timestamp, deleted: false }],
    },
  };
}

/** "No automated enforcement on this alone", "please do not act yet": neither lets a machine block. */
const letsMachinesAct = ({ document: { handling, ask, embargo } }: SharedTip, { embargoed }: Seen): boolean =>
  !handling?.includes("human-review") &&
  !ask?.for.includes("hold") &&
  !(embargoed && embargo?.no.includes("enforcement"));
