/**
 * What most questions are, read in a fraction of the time: plain domains and hashes as text, and accounts by id or handle. Each
 * answer is what the readers of all questions and of all files give; whatever is not plainly one of these is left to them.
 */
import type { Indicator, Sites } from "../core/indicators/family.ts";
import { readPlatform } from "../core/indicators/platforms.ts";
import { domains } from "../core/indicators/web.ts";
import { type Heading, headingOf } from "../formats/headings.ts";
import type { Row } from "../formats/table.ts";

const plainHash = /^(?:[\da-f]{32}|[\da-f]{40}|[\da-f]{64})$/i;
/** Which of these are domains their own reader says. */
const plainDomain = /^[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,63}$/i;
const algorithms: Record<number, string> = { 32: "md5", 40: "sha1", 64: "sha256" };

/** A text that is a hash or a domain and plainly so, in canonical form; undefined is for `readText`. */
export function quickText(text: string, sites: Sites): Indicator | undefined {
  const algorithm = algorithms[text.length];
  if (algorithm && plainHash.test(text)) return { type: "hash", algorithm, value: text.toLowerCase() };
  if (text.length > 253 || !plainDomain.test(text)) return undefined;
  const parsed = domains.canonicalise({ type: "domain", value: text }, sites);
  return parsed.ok ? parsed.value.indicator : undefined;
}

const plainHandle = /^@?[a-z\d_][a-z\d_.]{0,63}$/i;
/** With an "e" between digits it may be a number that a spreadsheet shortened. */
const plainId = /^(?:\d{1,64}|[a-df-z_][a-df-z\d_-]{0,63})$/i;

/** Columns whose cells neither name anything nor can be at fault. */
const beside = new Set("display_name status created_at note country location description".split(" "));
/** Longer, they may be at fault. */
const besideCharacters = 256;

/**
 * Reads rows of a table with these titles that name one account, or one plain value, and nothing else; undefined is for the
 * readers of whole tables.
 */
export function quickRows(
  titles: readonly string[],
  platform: string | undefined,
  sites: Sites,
): ((row: Row) => Indicator | undefined) | undefined {
  const columns = titles.map(headingOf);
  const places = new Map<string, number>();
  for (const [at, column] of columns.entries()) {
    if (!column) continue;
    // Of two columns that mean the same, the reader of tables says which counts.
    if (places.has(column.field)) return undefined;
    places.set(column.field, at);
  }
  const named = ["value", "id", "handle"].flatMap((field) => places.get(field) ?? []);
  if (named.length === 0) return undefined;
  const others = columns.flatMap((column, at) => (column && isOther(column) ? [at] : []));
  const quiet = columns.flatMap((column, at) => (column && beside.has(column.field) ? [at] : []));
  const platforms = new Map<string, string | undefined>();
  const platformOf = (text: string): string | undefined => {
    if (!platforms.has(text)) {
      if (platforms.size > 1_000) platforms.clear();
      platforms.set(text, /^[a-z\d][a-z\d.-]{0,62}$/i.test(text) ? readPlatform(text, sites) : undefined);
    }
    return platforms.get(text);
  };
  const [value, id, handle, where] = ["value", "id", "handle", "platform"].map((field) => places.get(field) ?? -1) as [
    number,
    number,
    number,
    number,
  ];
  return ({ cells }) => {
    const cell = (at: number): string => (at < 0 ? "" : (cells[at]?.trim() ?? ""));
    for (const at of others) if (cell(at) !== "") return undefined;
    for (const at of quiet) if ((cells[at]?.length ?? 0) > besideCharacters) return undefined;
    const [stated, byId, byHandle, site] = [cell(value), cell(id), cell(handle), cell(where)];
    if (stated !== "") {
      // A note may say that sixty-four digits are a picture's.
      if (byId || byHandle || site || (stated.length === 64 && quiet.some((at) => cell(at) !== ""))) return undefined;
      return quickText(stated, sites);
    }
    if (byId === "" && byHandle === "") return undefined;
    if ((byId !== "" && !plainId.test(byId)) || (byHandle !== "" && !plainHandle.test(byHandle))) return undefined;
    const on = platformOf(site === "" ? (platform ?? "") : site);
    if (on === undefined) return undefined;
    return {
      type: "account",
      platform: on,
      ...(byId !== "" && { id: byId }),
      ...(byHandle !== "" && { handle: byHandle.toLowerCase().replace(/^@/, "") }),
    };
  };
}

const isOther = ({ field }: Heading): boolean =>
  !beside.has(field) && field !== "value" && field !== "id" && field !== "handle" && field !== "platform";
