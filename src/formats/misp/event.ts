/**
 * A tip as a MISP event, as a MISP feed serves it. The same tip gives the same event: ids come from the tip's id and the
 * indicators' ordinals, times from the arguments. `mispEvent` also takes back what an earlier version had and this one has not.
 */
import type { Indicator } from "../../core/indicators/family.ts";
import { isForMachines, shapeOf } from "./attribute.ts";
import { writeComment } from "./comment.ts";
import {
  type ManifestEntry,
  type MispAttribute,
  type MispEvent,
  type MispObject,
  type MispReference,
  secondsOf,
} from "./format.ts";
import { reportOf } from "./report.ts";
import { deletedPart, gone, type Had } from "./revoked.ts";
import type { SharedTip } from "./shared-tip.ts";
import { eventTags, indicatorTags } from "./tags.ts";
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
  const { document } = tip;
  const entry = manifestEntry(tip, seen);
  const { timestamp } = entry;
  // "No automated enforcement on this alone", "please do not act yet": neither lets a machine block.
  const forMachines = !(
    document.handling?.includes("human-review") ||
    document.ask?.for.includes("hold") ||
    (seen.embargoed && document.embargo?.no.includes("enforcement"))
  );
  const uuid = indicatorUuids(tip.tip);
  const before = new Map(seen.before?.map(({ ordinal, parts = 0 }) => [ordinal, parts]));
  const present = new Map<number, number>();
  const personas = new Map<string, string>();
  const attributes: MispAttribute[] = [];
  const objects: MispObject[] = [];
  for (const { ordinal, indicator } of indicators) {
    const { template, parts, carried } = shapeOf(indicator);
    const blockable = forMachines && isForMachines(indicator);
    const times = seenOf(indicator);
    const common = { distribution: "5", timestamp, deleted: false };
    const tags = indicatorTags(indicator);
    const comment = writeComment(indicator, new Set([...carried, ...times.carried]));
    const list = parts.map(
      ({ type, category, value, relation, identifies }, part): MispAttribute => ({
        uuid: uuid(ordinal, template ? slots.part + part : slots.attribute),
        type,
        category,
        value,
        comment: template ? "" : comment,
        to_ids: blockable && identifies,
        disable_correlation: !identifies,
        ...common,
        ...(relation !== undefined && { object_relation: relation }),
        ...(!template && times.fields),
        ...(identifies && tags.length > 0 && { Tag: tags }),
      }),
    );
    present.set(ordinal, template ? list.length : 0);
    if (!template) {
      attributes.push(...list);
      continue;
    }
    const object = uuid(ordinal, slots.object);
    for (let part = list.length; part < (before.get(ordinal) ?? 0); part++)
      list.push(deletedPart(uuid(ordinal, slots.part + part), timestamp));
    const first = indicator.persona === undefined ? undefined : personas.get(indicator.persona);
    if (indicator.persona !== undefined && first === undefined) personas.set(indicator.persona, object);
    const reference: MispReference[] = first
      ? [
          {
            uuid: uuid(ordinal, slots.reference),
            object_uuid: object,
            referenced_uuid: first,
            relationship_type: "related-to",
            timestamp,
          },
        ]
      : [];
    objects.push({
      uuid: object,
      name: template.name,
      "meta-category": "misc",
      description: template.name.replaceAll("-", " "),
      template_uuid: template.uuid,
      template_version: String(template.version),
      comment,
      ...common,
      ...times.fields,
      Attribute: list,
      ...(reference.length > 0 && { ObjectReference: reference }),
    });
  }
  const taken = gone(tip.tip, seen.before ?? [], timestamp, present);
  const report = { uuid: reportUuid(tip.tip), name: "The tip", content: reportOf(tip) };
  return {
    Event: {
      uuid: eventUuid(tip.tip),
      ...entry,
      published: true,
      publish_timestamp: timestamp,
      Attribute: [...attributes, ...taken.Attribute],
      Object: [...objects, ...taken.Object],
      EventReport: [{ ...report, distribution: "5", timestamp, deleted: false }],
    },
  };
}

/** MISP has instants: a day is its first one in UTC, and comes back as the day. It refuses a last one before the first. */
function seenOf({ first_seen, last_seen }: Indicator): {
  fields: Partial<Record<"first_seen" | "last_seen", string>>;
  carried: string[];
} {
  if (first_seen !== undefined && last_seen !== undefined && Date.parse(first_seen) > Date.parse(last_seen))
    return { fields: {}, carried: [] };
  const stated = Object.entries({ first_seen, last_seen }).filter(([, time]) => time !== undefined);
  const isDay = (time: string | undefined) => time?.length === 10;
  return {
    fields: Object.fromEntries(stated.map(([name, time]) => [name, isDay(time) ? `${time}T00:00:00+00:00` : time])),
    carried: stated.filter(([, time]) => isDay(time)).map(([name]) => name),
  };
}
