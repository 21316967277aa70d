/**
 * A CSV whose heading names our fields (`headings.ts`), as spreadsheets and exports do: `type,platform,handle,…`, `value`, or
 * `Username,User ID,Email,IP Address`. A row is one thing, and each address, domain, hash or number in a column of its own is
 * an indicator beside it. What a known column says that does not fit is kept in the note; unknown columns are ignored, and named.
 */
import type { Indicator, Sites } from "../core/indicators/family.ts";
import { readAccount } from "../core/indicators/guess.ts";
import { commonShape, placesOf, registry } from "../core/indicators/registry.ts";
import { parseTime } from "../core/time.ts";
import { dayOf } from "./comment.ts";
import { type Heading, headingOf } from "./headings.ts";
import { type Contents, type Context, contents, type Reading, unread } from "./reading.ts";
import type { Table } from "./table.ts";
import { procedureOf } from "./taxonomy.ts";
import { readTyped } from "./typed-rows.ts";
import { canonical, faultsOf, readValue } from "./value.ts";

type Members = Record<string, unknown>;

/** Whether a first line is a heading of ours: a column that identifies something, and no cell that is itself a value. */
export function isPlainHeader(header: readonly string[]): boolean {
  const value = /:\/\/|\[\.\]|\S@\S+\.|^\d+\.\d+\.\d+\.\d+/;
  return header.some((name) => headingOf(name)?.identifies) && !header.some((name) => value.test(name));
}

export function readPlainCsv(table: Table, context: Context): Contents {
  const { header, titles, rows, faults } = table;
  const columns = header.map(headingOf);
  const readings = rows.map(({ line, cells }) => readRow(line, columns, titles, cells, context));
  for (const { line, reason } of faults) readings.push(unread(line, reason));
  const ignored = titles.filter((title, at) => title !== "" && !columns[at]);
  return { ...contents(readings), ...(ignored.length > 0 && { ignored_columns: ignored }) };
}

/** What stands for nothing. */
const empty = /^(?:|-+|n\/?a|null|none|unknown|\(?(?:none|null)\)?)$/i;

function readRow(
  line: number,
  columns: readonly (Heading | undefined)[],
  titles: readonly string[],
  cells: readonly string[],
  context: Context,
): Reading {
  const members: Members = {};
  const beside: Indicator[] = [];
  const said: string[] = [];
  cells.slice(0, columns.length).forEach((whole, at) => {
    const [column, cell] = [columns[at], whole.trim()];
    if (!column || cell === "" || (empty.test(cell) && column.form !== "text")) return;
    if (column.form === "own") {
      const found = ownOf(column.field, titles[at]!, cell, context.sites);
      beside.push(...found.read);
      for (const piece of found.rest) said.push(`${titles[at]}: ${piece}`);
      return;
    }
    const read = members[column.field] === undefined ? memberOf(column, cell) : undefined;
    if (read === undefined) said.push(`${titles[at]}: ${cell}`);
    else members[column.field] = read;
  });
  const named = ["value", "handle", "id", "url", "digest", "type"].some((field) => members[field] !== undefined);
  if (!named) return rowOf(line, [], beside, members, said, context.sites);
  const whole = withType(line, members, context);
  if (typeof whole === "string") return unread(line, whole);
  return rowOf(line, [whole], beside, members, said, context.sites);
}

/** Undefined where the cell is none of its column's form. */
function memberOf({ field, form }: Heading, cell: string): unknown {
  switch (form) {
    case "procedures":
      return pieces(cell).map((each) => (/^[a-z-]+:/i.test(each) ? each : (procedureOf(each) ?? each)));
    case "list":
      return pieces(cell);
    case "number":
      return /^\d{1,3}(?:[,.' ]\d{3})*$|^\d+$/.test(cell) ? Number(cell.replace(/\D/g, "")) : undefined;
    case "day":
      return parseTime(cell) === undefined ? dayOf(cell) : cell;
    case "lang":
      return /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(cell) ? cell : undefined;
    case "short":
      return cell.slice(0, 256);
    case "said":
      return undefined;
    default:
      return field === "type" ? cell.toLowerCase() : cell;
  }
}

const pieces = (cell: string): string[] => cell.split(/[;|\s]+/).filter((each) => each !== "");

/** The indicators of a column's cell, and what in it is none. */
function ownOf(type: string, title: string, cell: string, sites: Sites): { read: Indicator[]; rest: string[] } {
  const read: Indicator[] = [];
  const rest: string[] = [];
  const algorithm = type === "hash" ? /md5|sha-?1|sha-?256|pdq/i.exec(title)?.[0].toLowerCase().replace("-", "") : "";
  for (const piece of type === "phone" ? cell.split(/[;|,]/) : cell.split(/[;|,\s]+/)) {
    if (piece.trim() === "") continue;
    const found = readValue(algorithm ? `${algorithm}:${piece.trim()}` : piece.trim(), sites);
    if (found?.type === type) read.push(found);
    else rest.push(piece.trim());
  }
  return { read, rest };
}

const shortened = /^\d(\.\d+)?e\+?\d+$/i;

/** The members with a type, told from the value where the row does not state it; or why there is none. */
function withType(line: number, given: Members, context: Context): Indicator | string {
  const { type: stated, ...members } = given;
  const { sites } = context;
  if (typeof members.id === "string" && shortened.test(members.id))
    return "A spreadsheet has shortened this id; export it again as text.";
  const link = typeof members.url === "string" ? readValue(members.url, sites) : undefined;
  const where = members.platform ?? context.platform ?? (link && placesOf(link, sites)[0]);
  if (typeof stated === "string" && stated !== "ip-range") {
    if (!registry.has(stated)) {
      const [read] = readTyped(line, stated, String(members.value ?? ""), "", "", context).indicators;
      return read ? besideValue(read, members) : `This is not a value of type ${stated}.`;
    }
    if (stated !== "account" && stated !== "post") return { ...members, type: stated };
    const named = typeof members.value === "string" ? readValue(members.value, sites) : undefined;
    const { value, ...rest } = members;
    const from = value === undefined ? {} : named?.type === stated ? named : { handle: value };
    return { ...(where !== undefined && { platform: where }), ...from, ...rest, type: stated };
  }
  if (typeof members.value === "string") {
    const read = readValue(members.value, sites, String(members.note ?? ""));
    if (!read) return "No value was recognised; state its type.";
    return besideValue(read, members);
  }
  if (members.handle !== undefined || members.id !== undefined) {
    if (where === undefined) return "Say whose accounts these are with --platform, or in a column platform.";
    const read = String(members.handle ?? "").includes("/")
      ? readAccount(String(members.handle), String(where), sites)
      : undefined;
    return { platform: where, ...members, ...read, type: "account" };
  }
  if (!link) return members.url === undefined ? "The row has a digest and no type." : "This is not a URL.";
  return { ...link, ...members, type: link.type, ...(link.url ? { url: link.url } : { url: undefined }) };
}

const besideValue = (read: Indicator, { value: _value, ...members }: Members): Indicator => ({
  ...read,
  ...members,
  type: read.type,
});

const takenBy = (type: string, name: string): boolean => Object.hasOwn(registry.get(type)!.shape, name);

/** Speaks of the whole row, whatever its columns hold. */
const ofRow = new Set(
  ["control", "confidence", "procedures", "persona", "targets", "basis"].concat([
    "first_seen",
    "last_seen",
    "reported_at",
    "valid_until",
  ]),
);

/** What a type takes of a row's members; the rest of them. */
function divide(type: string, members: Members): { fits: Members; misfits: Members } {
  const takes = (name: string) => name === "type" || takenBy(type, name) || Object.hasOwn(commonShape, name);
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return {
    fits: Object.fromEntries(entries.filter(([name]) => takes(name))),
    misfits: Object.fromEntries(entries.filter(([name]) => !takes(name))),
  };
}

function rowOf(
  line: number,
  main: Indicator[],
  beside: readonly Indicator[],
  members: Members,
  said: readonly string[],
  sites: Sites,
): Reading {
  const [whole] = main;
  const notes = [...said];
  const indicators: Indicator[] = [];
  if (whole) {
    // People register, and so do domains.
    const { registered_at, ...rest } = whole;
    const moved = whole.type === "account" ? { created_at: registered_at, ...rest } : whole;
    const { fits, misfits } = divide(whole.type, moved);
    for (const [name, value] of Object.entries(misfits)) {
      if (!beside.some(({ type }) => takenBy(type, name))) notes.push(`${name}: ${value}`);
    }
    const noted = { ...fits, ...noteOf(members.note ?? fits.note, notes), type: whole.type };
    // What a person put as a link need not be one: the account is found by its name.
    const { url, ...unlinked } = noted as Members & { type: string };
    const named = unlinked.handle !== undefined || unlinked.id !== undefined;
    const found =
      canonical(noted, sites) ??
      (url !== undefined && named
        ? canonical({ ...unlinked, ...noteOf(unlinked.note, [`url: ${url}`]) }, sites)
        : undefined);
    if (!found) return unread(line, faultsOf(noted, sites));
    indicators.push(found);
  }
  for (const one of beside) {
    const common = Object.entries(members).filter(([name]) => !whole || ofRow.has(name) || takenBy(one.type, name));
    const { fits } = divide(one.type, Object.fromEntries(common));
    const { value: _value, digest: _digest, ...more } = fits;
    const noted = { ...more, ...one, ...(whole ? {} : noteOf(members.note, notes)) };
    const found = canonical(noted, sites);
    if (!found) return unread(line, faultsOf(noted, sites));
    indicators.push(found);
  }
  return indicators.length > 0
    ? { line, indicators, measures: [], observations: [] }
    : unread(line, said.length > 0 ? `No value was recognised: ${said.join("; ")}` : "The row names nothing.");
}

const noteOf = (note: unknown, said: readonly string[]): { note?: string } => {
  const text = [note, ...said].filter(Boolean).join("; ").slice(0, 2_000);
  return text === "" ? {} : { note: text };
};
