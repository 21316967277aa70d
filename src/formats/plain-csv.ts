/**
 * A CSV whose header names our fields (`type,platform,handle,former_handles,…`, or just `value`). Lists are divided by
 * semicolons or spaces. A column that is not ours is kept in the note, since somebody wrote it there.
 */
import type { Indicator } from "../core/indicators/family.ts";
import { type Contents, type Context, contents, type Reading, unread } from "./reading.ts";
import { readTable } from "./table.ts";
import { procedureOf } from "./taxonomy.ts";
import { canonical, faultsOf, readValue } from "./value.ts";

const lists = new Set(["former_handles", "procedures", "targets", "basis"]);
const numbers = new Set(["followers", "confidence", "asn"]);
const texts = new Set([
  "type",
  "value",
  "digest",
  "platform",
  "kind",
  "id",
  "handle",
  "url",
  "display_name",
  "created_at",
  "status",
  "author",
  "author_id",
  "algorithm",
  "of",
  "filename",
  "service",
  "provider",
  "store",
  "chain",
  "impersonates",
  "registered_at",
  "control",
  "role",
  "persona",
  "first_seen",
  "last_seen",
  "reported_at",
  "lang",
  "translation",
  "note",
  "valid_until",
]);
const aliases: Record<string, string> = {
  indicator: "value",
  comment: "note",
  comments: "note",
  notes: "note",
  procedure: "procedures",
  username: "handle",
  ds: "reported_at",
  language: "lang",
};
const nameOf = (column: string): string => aliases[column] ?? column;
const leading = ["type", "value", "handle", "id", "url", "digest"];

/** Whether a header is ours: one of the fields that can carry a value, and no more strangers than fields. */
export function isPlainHeader(header: string[]): boolean {
  const known = header.map(nameOf).filter((name) => texts.has(name) || lists.has(name) || numbers.has(name));
  return known.some((name) => leading.includes(name)) && known.length * 2 >= header.length;
}

export function readPlainCsv(text: string, context: Context): Contents {
  const { header, rows, fault } = readTable(text);
  const names = header.map(nameOf);
  const readings = rows.map(({ line, cells }) => readRow(line, names, cells, context));
  if (fault) readings.push(unread(fault.line, fault.reason));
  return contents(readings);
}

function readRow(line: number, header: string[], cells: string[], context: Context): Reading {
  const members: Record<string, unknown> = {};
  const strange: string[] = [];
  cells.slice(0, header.length).forEach((whole, at) => {
    const name = header[at]!;
    const cell = whole.trim();
    if (cell === "") return;
    if (name === "procedures")
      members[name] = cell
        .split(/[;|\s]+/)
        .map((each) => (/^[a-z-]+:/i.test(each) ? each : (procedureOf(each) ?? each)));
    else if (lists.has(name)) members[name] = cell.split(/[;|\s]+/).filter((each) => each !== "");
    else if (numbers.has(name) && /^\d+$/.test(cell)) members[name] = Number(cell);
    else if (texts.has(name)) members[name] = cell;
    else if (name !== "") strange.push(`${name}: ${cell}`);
  });
  if (strange.length > 0) members.note = [members.note, ...strange].filter(Boolean).join("; ").slice(0, 2_000);
  const whole = withType(members, context);
  if (!whole) return unread(line, "No value was recognised; state its type.");
  const found = canonical(whole, context.sites);
  return found
    ? { line, indicators: [found], measures: [], observations: [] }
    : unread(line, faultsOf(whole, context.sites));
}

/** The members with a type, told from the value where the row does not state it. */
function withType(members: Record<string, unknown>, { sites, platform }: Context): Indicator | undefined {
  const where = members.platform ?? platform;
  if (typeof members.type === "string" && members.type !== "ip-range") {
    const account = members.type === "account" || members.type === "post";
    const named = account && typeof members.value === "string" ? readValue(members.value, sites) : undefined;
    const { value, ...rest } = members;
    if (account && value !== undefined) {
      return {
        ...(named?.type === members.type ? named : { handle: value, platform: where }),
        ...rest,
        type: members.type,
      } as Indicator;
    }
    return { ...members, ...(account && where ? { platform: where } : {}), type: members.type };
  }
  const { type: _range, ...rest } = members;
  if (typeof rest.value === "string") {
    const { value, ...beside } = rest;
    const read = readValue(value as string, sites, String(rest.note ?? ""));
    return read && { ...read, ...beside, type: read.type };
  }
  if (rest.handle !== undefined || rest.id !== undefined)
    return where ? { ...rest, type: "account", platform: where } : undefined;
  const read = typeof rest.url === "string" ? readValue(rest.url, sites) : undefined;
  return read && { ...read, ...rest, type: read.type, ...(read.url ? { url: read.url } : { url: undefined }) };
}
