/** One indicator as an attribute of an event, or as an object where a template stands for it. */
import type { Indicator } from "../../core/indicators/family.ts";
import { isForMachines, type Part, shapeOf } from "./attribute.ts";
import { writeComment } from "./comment.ts";
import type { MispAttribute, MispObject } from "./format.ts";
import { indicatorTags } from "./tags.ts";
import { slots } from "./uuid.ts";

type Item = { attribute: MispAttribute; object?: never } | { object: MispObject };

/** `forMachines`: whether the tip as a whole lets machines act. `mark`: what the exchange says of the indicator. */
export function itemOf(
  indicator: Indicator,
  uuid: (slot: number) => string,
  timestamp: string,
  forMachines: boolean,
  mark = 0,
): Item {
  const { template, parts, carried } = shapeOf(indicator);
  const blockable = forMachines && mark === 0 && isForMachines(indicator);
  const times = seenOf(indicator);
  const common = { distribution: "5", timestamp, deleted: false };
  const tags = indicatorTags(indicator, mark);
  // An object has no tags of its own: they are on the first part that names it.
  const tagged = parts.findIndex(({ identifies }) => identifies);
  const comment = writeComment(indicator, new Set([...carried, ...times.carried]));
  const attributeOf = ({ type, category, value, relation, identifies }: Part, part: number): MispAttribute => ({
    uuid: uuid(template ? slots.part + part : slots.attribute),
    type,
    category,
    value,
    comment: template ? "" : comment,
    to_ids: blockable && identifies,
    disable_correlation: !identifies,
    ...common,
    ...(relation !== undefined && { object_relation: relation }),
    ...(!template && times.fields),
    ...(part === tagged && tags.length > 0 && { Tag: tags }),
  });
  if (!template) return { attribute: attributeOf(parts[0]!, 0) };
  return {
    object: {
      uuid: uuid(slots.object),
      name: template.name,
      "meta-category": "misc",
      description: template.name.replaceAll("-", " "),
      template_uuid: template.uuid,
      template_version: String(template.version),
      comment,
      ...common,
      ...times.fields,
      Attribute: parts.map(attributeOf),
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
