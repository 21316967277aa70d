/**
 * Tips as other formats are made of them: each with its signed document and its indicators in canonical form, as the exchange
 * has them. Guarantees: document and indicators are of one version; who reads on to the end without an error has them all.
 */
import type { Indicator } from "../core/indicators/family.ts";
import { type Mark, markBits } from "../core/marks.ts";
import type { SharedTip } from "../formats/shared-tip.ts";
import type { Connection } from "./connect.ts";
import { listPartners, type Partner } from "./directory.ts";
import { type ExportOptions, exportIndicators } from "./export.ts";
import { ExchangeProblem } from "./problem.ts";
import { listTips, type ReadTip, readTip } from "./read-tip.ts";
import { queryOf } from "./send.ts";

export interface GivenTip {
  tip: SharedTip;
  indicators: { ordinal: number; indicator: Indicator }[];
}

export type SharedTipOptions = Omit<ExportOptions, "format" | "after"> & {
  /** This one alone, whatever it reached you through: nothing else is asked for then. */
  tip?: string;
};

/** With what the exchange says of the indicator: of an export in `state`, of a page as members. */
interface Row extends Partial<Record<Mark, true>> {
  state?: Mark[];
  tip: string;
  version: number;
  ordinal: number;
  indicator: Indicator;
}

/** How often it is looked for what changed while it was read. */
const rounds = 5;

/** The tips you may see that live, in the order in which you gained sight of them; those without indicators last. */
export async function* sharedTips(
  connection: Connection,
  options: SharedTipOptions,
): AsyncGenerator<GivenTip, void, undefined> {
  const partners = new Map((await listPartners(connection)).map((partner) => [partner.slug, partner]));
  if (options.tip !== undefined) {
    const one = await oneTip(connection, options.tip, options.embargoed, partners);
    if (one) yield one;
    return;
  }
  const given = new Set<string>();
  let after: ExportOptions["after"];
  for (let round = 0, changed = true; changed; round++) {
    if (round >= rounds) throw tooFast();
    changed = false;
    for await (const { rows, place } of tipsOf(connection, { ...options, ...(after && { after, since: undefined }) })) {
      after = place;
      const { tip, version } = rows[0]!;
      const read = await readLiving(connection, tip);
      if (!read) continue;
      // A later version came meanwhile: it stands behind the last row.
      if (read.version !== version) changed = true;
      else {
        given.add(tip);
        yield { tip: { ...sharedTip(connection, read, partners), marks: marksIn(rows) }, indicators: rows };
      }
    }
  }
  for await (const { tip, indicators, ...item } of listTips(connection, { since: options.since, tlp: options.tlp })) {
    if (indicators.total > 0 || given.has(tip)) continue;
    if (options.group !== undefined && !item.through.startsWith(`group:${options.group}`)) continue;
    if (isEmbargoed(item) && !options.embargoed) continue;
    const read = await readLiving(connection, tip);
    if (read) yield { tip: sharedTip(connection, read, partners), indicators: [] };
  }
}

const isEmbargoed = ({ embargo }: Pick<ReadTip, "embargo">): boolean =>
  embargo !== undefined && Date.parse(embargo.until) > Date.now();

const tooFast = () => new Error("Tips change faster than they are read: try again.");

const marksIn = (rows: readonly Row[]): Map<number, number> =>
  new Map(
    rows.flatMap(({ ordinal, state, ...row }) => {
      const mark = (Object.keys(markBits) as Mark[])
        .filter((name) => row[name] ?? state?.includes(name))
        .reduce((bits, name) => bits | markBits[name], 0);
      return mark > 0 ? [[ordinal, mark]] : [];
    }),
  );

/** One alone: of others only those of the same operation by the same author are looked at. */
async function oneTip(
  connection: Connection,
  tip: string,
  embargoed: boolean | undefined,
  partners: ReadonlyMap<string, Partner>,
): Promise<GivenTip | undefined> {
  for (let round = 0; round < rounds; round++) {
    const read = await readLiving(connection, tip);
    if (!read || (isEmbargoed(read) && !embargoed)) return undefined;
    const { version, from, operation } = read;
    const indicators: Row[] = [];
    for (let after: string | null = ""; after !== null; ) {
      const query = queryOf({ from, operation: operation.id, limit: 1_000, after });
      const page: { indicators: Row[]; next: string | null } = await connection.call("GET", `/v1/indicators?${query}`);
      indicators.push(...page.indicators.filter((row) => row.tip === tip));
      after = page.next;
    }
    if (indicators.every((row) => row.version === version))
      return { tip: { ...sharedTip(connection, read, partners), marks: marksIn(indicators) }, indicators };
  }
  throw tooFast();
}

/** The rows of an export, tip by tip, and where the tip's last one stands. */
async function* tipsOf(connection: Connection, options: Omit<ExportOptions, "format">) {
  let rows: Row[] = [];
  let [seq, ordinal] = [0, 0];
  let text = "";
  const decoder = new TextDecoder();
  const reader = exportIndicators(connection, { ...options, format: "ndjson" }).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      // Only whole rows come.
      text = decoder.decode(value);
      for (const line of text.split("\n")) {
        if (line === "") continue;
        const row = JSON.parse(line) as Row & { seq: number };
        if (rows.length > 0 && row.seq !== seq) {
          yield { rows, place: { seq, ordinal } };
          rows = [];
        }
        rows.push(row);
        ({ seq, ordinal } = row);
      }
    }
    if (rows.length > 0) yield { rows, place: { seq, ordinal } };
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Undefined where it ended, or is not the reader's any more. */
async function readLiving(connection: Connection, tip: string): Promise<ReadTip | undefined> {
  try {
    const read = await readTip(connection, tip);
    return read.state === undefined || read.state === "live" ? read : undefined;
  } catch (error) {
    if (error instanceof ExchangeProblem && error.status === 404) return undefined;
    throw error;
  }
}

function sharedTip({ profile }: Connection, read: ReadTip, partners: ReadonlyMap<string, Partner>): SharedTip {
  const {
    tip,
    version,
    from,
    first_accepted_at: created,
    accepted_at: modified,
    document,
    through,
    digest,
    seq,
  } = read;
  const { name, kind, contact, legal_process_url } = partners.get(from) ?? { name: from, kind: "platform" as const };
  const author = {
    slug: from,
    name,
    kind,
    ...(contact && { contact }),
    ...(legal_process_url && { legal_process_url }),
  };
  return { exchange: profile.exchange, tip, version, from: author, created, modified, document, through, digest, seq };
}
