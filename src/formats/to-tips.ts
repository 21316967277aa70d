/**
 * A report into the payloads of tips, all but their audience. What exceeds a tip's limits becomes several tips of one
 * operation; divided by platform, each partner's tip holds its own platform's rows and nothing of the others'; divided by
 * comment, each actor or campaign that rows name is an operation of its own, and what names nobody is the rest.
 * Ids and times are arguments: the same arguments give the same documents.
 */
import type { Indicator, Sites } from "../core/indicators/family.ts";
import { staticSites } from "../core/indicators/platforms.ts";
import { keysOf, placesOf } from "../core/indicators/registry.ts";
import { limits } from "../core/limits.ts";
import type { TipDocument } from "../core/tip.ts";
import type { Measure, Observation } from "./reading.ts";
import type { Report } from "./report.ts";
import { platformOfProcedure } from "./taxonomy.ts";

/** A tip's payload before its audience is written, whose digest it then carries. */
export interface Draft extends Record<string, unknown> {
  tip: string;
  from: string;
  tlp: TipDocument["tlp"];
  operation: TipDocument["operation"];
  indicators: Indicator[];
}

export interface PartnerPlaces {
  slug: string;
  platforms: readonly string[];
  domains: readonly string[];
}

export interface TipOptions {
  exchange: string;
  from: string;
  issued_at: string;
  tlp: TipDocument["tlp"];
  /** Of every tip made here. The name defaults to the one the report states. */
  operation: { id: string; name?: string } & Record<string, unknown>;
  /** A fresh id at each call. */
  tipId: () => string;
  /** Further members of every tip: handling, embargo, ask, contact … */
  members?: Record<string, unknown>;
  split?: Split;
  sites?: Sites;
}

/** By platform: whose tips are made; a partner without rows gets none. By comment: a fresh id for each operation. */
export type Split =
  | { by: "platform"; partners: readonly PartnerPlaces[] }
  | { by: "comment"; operationId: () => string };

export interface DraftTip {
  /** Whose tip it is, where tips are divided by platform. */
  partner?: string;
  /** True for what no comment gave to anybody, where tips are divided by comment. */
  rest?: true;
  document: Draft;
}

/** What an operation is called that neither the caller nor the report names. */
export const unnamed = "Unnamed operation";

interface Part {
  indicators: Indicator[];
  measures: Measure[];
  observations: Observation[];
}

/**
 * The documents a report makes, at least one unless it is divided by platform; each is what `signTip` signs.
 *
 * @example
 * ```js
 * const { exchange: id, partner: from } = exchange.profile;
 * const drafts = toTips(report, { exchange: id, from, issued_at: new Date().toISOString(), tlp: "amber",
 *   operation: { id: crypto.randomUUID(), name: "Harbour Lantern" }, tipId: newTipId });
 * for (const { document } of drafts) await submit(exchange, await signTip(exchange, document, { to: ["platforms"] }));
 * ```
 */
export function toTips(report: Report, options: TipOptions): DraftTip[] {
  const { split } = options;
  if (!split) return documentsOf(report, options).map((document) => ({ document }));
  if (split.by === "comment") return tipsByActor(report, options, split.operationId);
  return split.partners.flatMap((partner) => {
    const own = rowsOf(report, partner, options.sites ?? staticSites);
    if (own.indicators.length + own.measures.length === 0) return [];
    return documentsOf(own, options).map((document) => ({ partner: partner.slug, document }));
  });
}

/** The rest comes last; it keeps the summary, counts and prose, which no comment stands beside. */
function tipsByActor(report: Report, options: TipOptions, operationId: () => string): DraftTip[] {
  const { operation } = options;
  const actors = report.by_actor.flatMap(({ actor, indicators }) => {
    if (!actor) return [];
    const name = operation.name ? `${operation.name}: ${actor.name}` : actor.name;
    const own = { ...operation, id: operationId(), name, ...(actor.named && { actor: actor.name }) };
    const part = { indicators, measures: [], observations: [] };
    return documentsOf(part, { ...options, operation: own }).map((document) => ({ document }));
  });
  const rest = { ...report, indicators: report.by_actor.find(({ actor }) => !actor)?.indicators ?? [] };
  if (actors.length > 0 && rest.indicators.length + rest.measures.length + rest.observations.length === 0)
    return actors;
  return [...actors, ...documentsOf(rest, options).map((document) => ({ rest: true as const, document }))];
}

/** What of a report lies on one partner's platforms and domains. */
function rowsOf(report: Report, { platforms, domains }: PartnerPlaces, sites: Sites): Report {
  const own = new Set([...platforms, ...domains]);
  const on = (platform: string | undefined): boolean => platform !== undefined && own.has(platform);
  // Procedures name the platforms they were seen on.
  const { procedures: _procedures, ...operation } = report.operation ?? {};
  return {
    ...report,
    operation,
    indicators: report.indicators.filter((indicator) => placesOf(indicator, sites).some(on)),
    measures: report.measures.filter((measure) => on(measure.platform)),
    observations: report.observations.filter((observation) => on(platformOfProcedure(observation.procedure))),
  };
}

function documentsOf(
  report: Part & Pick<Report, "summary" | "operation_name" | "operation">,
  options: TipOptions,
): Draft[] {
  const { name, ...operation } = { ...report.operation, ...options.operation };
  const [summary, further] = summaryOf(report.summary);
  const procedures = proceduresOf(report);
  const heading = {
    ...operation,
    name: (name ?? report.operation_name ?? unnamed).slice(0, 256),
    ...(summary && operation.summary === undefined ? { summary } : {}),
    ...(procedures.length > 0 ? { procedures } : {}),
  };
  const parts = partsOf(
    { ...report, observations: [...further, ...report.observations] },
    JSON.stringify([heading, options.members]).length,
  );
  const ids = parts.map(() => options.tipId());
  return parts.map(({ indicators, measures, observations }, at) => {
    const document = {
      ...options.members,
      exchange: options.exchange,
      tip: ids[at]!,
      version: 1,
      from: options.from,
      issued_at: options.issued_at,
      tlp: options.tlp,
      ...(at > 0 ? { relates_to: [{ tip: ids[0]!, relation: "same-operation" as const }] } : {}),
      operation: {
        ...heading,
        ...(measures.length > 0 ? { measures } : {}),
        ...(observations.length > 0 ? { observations } : {}),
      },
      indicators,
    };
    return document as Draft;
  });
}

/** A summary within its limit, divided where a paragraph ends; what is beyond is kept as observations. */
function summaryOf(text: string | undefined): [string | undefined, Observation[]] {
  if (text === undefined || text.length <= summaryLength) return [text, []];
  const paragraphs = text.split(/\n+/);
  let taken = 0;
  let length = 0;
  while (taken < paragraphs.length && length + paragraphs[taken]!.length + 2 <= summaryLength)
    length += paragraphs[taken++]!.length + 2;
  const rest = paragraphs.slice(taken).filter((paragraph) => paragraph.trim() !== "");
  return [
    paragraphs.slice(0, taken).join("\n\n") || undefined,
    rest.map((paragraph) => ({ text: paragraph.slice(0, 8_000) })),
  ];
}

/** The schema's bounds on a summary and on an operation's lists (`core/tip.ts`). */
const summaryLength = 4_000;
const measuresOfTip = 500;
const observationsOfTip = 5_000;
const proceduresOfTip = 300;
/** Room for the members around the lists. */
const frame = 2_000;

function proceduresOf(report: Part & Pick<Report, "operation">): string[] {
  const all = [
    ...((report.operation?.procedures as string[] | undefined) ?? []),
    ...report.indicators.flatMap((indicator) => indicator.procedures ?? []),
    ...report.observations.flatMap(({ procedure }) => procedure ?? []),
  ];
  return [...new Set(all)].sort(byNumber).slice(0, proceduresOfTip);
}
const byNumber = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

/** Fills one part after the other, each within a tip's indicators, index keys and bytes. At least one part comes out. */
function partsOf(report: Part, headingLength: number): Part[] {
  const parts: Part[] = [];
  let part: Part = { indicators: [], measures: [], observations: [] };
  let [keys, bytes] = [0, frame];
  const next = () => {
    parts.push(part);
    part = { indicators: [], measures: [], observations: [] };
    [keys, bytes] = [0, frame];
  };
  const room = limits.tip_bytes - headingLength * 4;
  const put = <K extends keyof Part>(list: K, item: Part[K][number], most: number, itemKeys: number) => {
    const size = new TextEncoder().encode(JSON.stringify(item)).length + 1;
    if (part[list].length >= most || keys + itemKeys > limits.index_keys || bytes + size > room) next();
    (part[list] as (typeof item)[]).push(item);
    keys += itemKeys;
    bytes += size;
  };
  for (const measure of report.measures) put("measures", measure, measuresOfTip, 0);
  for (const observation of report.observations) put("observations", observation, observationsOfTip, 0);
  for (const indicator of report.indicators) put("indicators", indicator, limits.indicators, keysOf(indicator).length);
  parts.push(part);
  return parts;
}
