/** The older reports: `indicator_type,indicator_value,comment,ds`. The value is read by its type, and by itself where the type is wrong. */
import type { Indicator } from "../core/indicators/family.ts";
import { actorsOf } from "./actor.ts";
import { dayOf, readComment } from "./comment.ts";
import { type Contents, type Context, contents, type Reading, unread } from "./reading.ts";
import type { Table } from "./table.ts";
import { canonical, readValue } from "./value.ts";

export function readTypedRows(table: Table, context: Context): Contents {
  const { header, rows, faults } = table;
  const [type, value, comment, ds] = ["indicator_type", "indicator_value", "comment", "ds"].map((name) =>
    header.indexOf(name),
  ) as [number, number, number, number];
  const actors = actorsOf(rows.map(({ cells }) => cells[comment] ?? ""));
  const readings = rows.map(({ line, cells }, place) => {
    const cell = (column: number) => cells[column]?.trim() ?? "";
    const reading = readTyped(line, cell(type), cell(value), cell(comment), cell(ds), context);
    const actor = actors[place];
    // An application's comment is its name.
    return actor && reading.indicators.some((found) => found.type !== "app") ? { ...reading, actor } : reading;
  });
  for (const { line, reason } of faults) readings.push(unread(line, reason));
  return contents(readings);
}

/** One typed value; the Markdown reports have the same. */
export function readTyped(
  line: number,
  type: string,
  value: string,
  comment: string,
  ds: string,
  context: Context,
): Reading {
  if (value === "") return unread(line, "The row has no value.");
  const found = typed(type, value, comment, context) ?? readValue(value, context.sites, comment);
  if (!found) return unread(line, `This is not a value of type ${type || "(none)"}.`);
  const reported = dayOf(ds);
  // An application's comment is its name, nothing said of it.
  const said =
    found.type === "app" ? (comment ? { note: comment.slice(0, 2_000) } : {}) : readComment(comment, undefined)(found);
  const indicator = { ...said, ...found, ...(reported ? { reported_at: reported } : {}) } as Indicator;
  return { line, indicators: [indicator], measures: [], observations: [] };
}

function typed(type: string, value: string, comment: string, { sites }: Context): Indicator | undefined {
  const plain = type.toLowerCase().replace(/[\s-]+/g, "_");
  const of = (members: Record<string, unknown> & { type: string }) => canonical(members, sites);
  if (/android_package|google_play/.test(plain)) return of({ type: "app", store: "google-play", id: value });
  if (/ios_app|app_store/.test(plain)) return of({ type: "app", store: "app-store", id: value });
  if (/^(md5|sha1|sha256|pdq)(_hash)?$/.test(plain))
    return of({
      type: "hash",
      algorithm: plain.replace("_hash", ""),
      value,
      ...(plain.startsWith("pdq") ? { of: "image" } : {}),
    });
  if (/^(hashtag|phrase)$/.test(plain)) return of({ type: plain, value });
  if (/^(name|persona|brand|organisation)$/.test(plain))
    return of({ type: "name", value, ...(plain === "name" ? {} : { kind: plain }) });
  const read = readValue(value, sites, comment);
  if (!read) return undefined;
  if (/prox|vpn/.test(plain) && read.type === "ip") return { ...read, service: /vpn/.test(plain) ? "vpn" : "proxy" };
  // A site we do not know, in a row that says url: its path is no proof of an account.
  if (plain === "url" && read.type === "account" && sites.domainsOf(String(read.platform)).length === 0)
    return of({ type: "url", value: String(read.url) });
  if (/phish/.test(plain)) return { ...read, role: "landing" };
  return read;
}
