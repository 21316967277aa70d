/**
 * MISP event JSON: an event, a list of them, or what a search answers. What we exported comes back equal; others' attributes
 * and objects become indicators where our types allow, text becomes prose, and the rest is unread with its reason. An item's
 * line is its place: what is ours, then the attributes of an event, then its objects, through all events of the file.
 */
import { parseStrict } from "../../core/strict-json.ts";
import { readOperation } from "../operation.ts";
import { type Contents, type Context, contents, unread } from "../reading.ts";
import { canonical, faultsOf } from "../value.ts";
import { eventsOf, isDeleted, isObject, type Json, listOf, tagsOf, textOf } from "./document.ts";
import { type Found, marksOf, readForeign } from "./foreign.ts";
import { strictestTlp } from "./marks.ts";
import { readObject } from "./object.ts";
import { readOwnComment } from "./read-comment.ts";

export function readMisp(text: string, context: Context): Contents {
  // Strict, and bounded in depth, as everything from a stranger.
  const parsed = parseStrict(new TextEncoder().encode(text.replace(/^\uFEFF/, "")));
  if (!parsed.ok)
    return contents([unread(1, parsed.error.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join(" "))]);
  const events = eventsOf(parsed.value);
  if (!events) return contents([unread(1, "There is no MISP event in this.")]);
  const read = contents([]);
  const marks = new Set<string>();
  for (const event of events) {
    for (const item of itemsOf(event))
      put(read, item, () => (item.Attribute ? readObject(item, context) : readAttribute(item, context)));
    for (const tag of tagsOf(event)) if (/^(?:tlp|pap|tipoff|estimative-language|misp):/i.test(tag)) marks.add(tag);
    tell(read, event);
  }
  const tlp = strictestTlp([...marks]);
  const statements = [...marks].filter((mark) => !/^tlp:/i.test(mark));
  return { ...read, ...(tlp && { tlp }), ...(statements.length > 0 && { statements }) };
}

/** Ours first, in the order of the tip, which their ids hold (`uuid.ts`). */
function itemsOf(event: Json): Json[] {
  const items = [...listOf(event.Attribute), ...listOf(event.Object)];
  const isOwn = ({ comment }: Json) => readOwnComment(textOf(comment)) !== undefined;
  const ordinal = ({ uuid }: Json) => textOf(uuid).slice(26);
  const own = items.filter(isOwn).sort((a, b) => (ordinal(a) < ordinal(b) ? -1 : 1));
  return [...own, ...items.filter((item) => !isOwn(item))];
}

function put(read: Contents, item: Json, reader: () => Found): void {
  const line = read.readings.length + 1;
  const found: Found = isDeleted(item) ? { reason: "It is deleted in the event." } : reader();
  if ("reason" in found) read.readings.push(unread(line, found.reason));
  else {
    const observations = "text" in found ? [{ text: found.text.slice(0, 8_000) }] : [];
    const indicators = "indicators" in found ? found.indicators : [];
    read.readings.push({ line, indicators, measures: [], observations });
  }
}

function readAttribute(attribute: Json, { sites }: Context): Found {
  const own = readOwnComment(textOf(attribute.comment));
  if (!own) return readForeign(attribute, sites);
  const members = { ...heldBy(own, attribute), ...marksOf(attribute), ...own };
  // Our own confidence is stated to the point, or not at all.
  if (own.confidence === undefined) delete members.confidence;
  const indicator = canonical(members, sites);
  return indicator ? { indicators: [indicator] } : { reason: faultsOf(members, sites) };
}

/** What the value of an attribute of ours is, as `attribute.ts` writes it. */
function heldBy(own: Record<string, unknown> & { type: string }, attribute: Json): Record<string, unknown> {
  const value = typeof attribute.value === "string" ? attribute.value : "";
  if (own.digest !== undefined || own.type === "account" || own.type === "post") return {};
  const chain = { btc: "bitcoin", xmr: "monero" }[textOf(attribute.type)];
  if (own.type === "wallet") return { id: value, ...(chain && { chain }) };
  if (own.type === "app") return { id: value };
  if (own.type !== "hash" || own.algorithm !== undefined) return { value };
  const [, named, algorithm] = /^(filename\|)?(\w+)$/.exec(textOf(attribute.type)) ?? [];
  const [filename, hash] = named ? (value.split("|", 2) as [string, string]) : [undefined, value];
  return { algorithm, value: hash, ...(filename !== undefined && { filename }) };
}

/** The operation's name, and what the event's report says of it: the document as we wrote it, or somebody's text. */
function tell(read: Contents, event: Json): void {
  read.operation_name ??= textOf(event.info).slice(0, 256) || undefined;
  const report = listOf(event.EventReport).find((each) => !isDeleted(each) && textOf(each.content) !== "");
  if (!report) return;
  const content = textOf(report.content);
  const document = documentIn(content);
  if (!document) {
    read.summary ??= content;
    return;
  }
  // What a tip would refuse is left out: anybody can write such a report.
  const { summary, measures, observations } = readOperation(document);
  read.summary ??= summary;
  read.measures.push(...measures);
  read.observations.push(...observations);
}

/** The operation in the last block of a report of ours. */
function documentIn(content: string): Json | undefined {
  const fence = "\n```json\n";
  const at = content.lastIndexOf(fence);
  if (at < 0) return undefined;
  const parsed = parseStrict(new TextEncoder().encode(content.slice(at + fence.length).split("\n", 1)[0]));
  const operation = parsed.ok && isObject(parsed.value) ? parsed.value.operation : undefined;
  return isObject(operation) ? operation : undefined;
}
