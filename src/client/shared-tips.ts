/**
 * Tips as other formats are made of them: each with its signed document, verified here, and its indicators in canonical form,
 * made of that; which of them are still valid, and what is marked of them, the exchange says. Guarantees: document and indicators
 * are of one version; who reads on to the end without an error has all of them, but those it was told do not verify.
 */
import type { Indicator } from "../core/indicators/family.ts";
import { type Mark, markBits } from "../core/marks.ts";
import type { TipDocument } from "../core/tip.ts";
import type { SharedTip } from "../formats/shared-tip.ts";
import type { Connection } from "./connect.ts";
import type { Partner } from "./directory.ts";
import { type ExportOptions, exportIndicators } from "./export.ts";
import { ExchangeProblem } from "./problem.ts";
import { listTips, type ReadTip, readTip } from "./read-tip.ts";
import { queryOf } from "./send.ts";
import { TipVerifier, type VerifiedTip } from "./verified-tips.ts";
import type { KeySet } from "./verify.ts";

export interface GivenTip {
  tip: SharedTip;
  /** Under which it was verified. */
  keys: KeySet;
  indicators: { ordinal: number; indicator: Indicator }[];
}

export type SharedTipOptions = Omit<ExportOptions, "format" | "after"> & {
  /** This one alone, whatever it reached you through: nothing else is asked for then. */
  tip?: string;
  /** Told of each tip that is left out because it does not verify. */
  unverified: (found: { tip: string; version: number; reason: string }) => void;
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

/** The tips you may see that live and verify, in the order in which you gained sight of them; those without indicators last. */
export async function* sharedTips(
  connection: Connection,
  options: SharedTipOptions,
): AsyncGenerator<GivenTip, void, undefined> {
  const verifier = await TipVerifier.open(connection);
  const given = (read: ReadTip, rows: readonly Row[]) => givenTip(connection, verifier, options, read, rows);
  if (options.tip !== undefined) {
    const one = await oneTip(connection, options.tip, options.embargoed);
    if (one) yield* given(one.read, one.rows);
    return;
  }
  const done = new Set<string>();
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
        done.add(tip);
        yield* given(read, rows);
      }
    }
  }
  for await (const { tip, indicators, ...item } of listTips(connection, { since: options.since, tlp: options.tlp })) {
    if (indicators.total > 0 || done.has(tip)) continue;
    if (options.group !== undefined && !item.through.startsWith(`group:${options.group}`)) continue;
    if (isEmbargoed(item) && !options.embargoed) continue;
    const read = await readLiving(connection, tip);
    if (read) yield* given(read, []);
  }
}

/** With the indicators of its rows, as the document has them; nothing where it does not verify. */
async function* givenTip(
  connection: Connection,
  verifier: TipVerifier,
  { unverified, embargoed, tlp, tip: one }: SharedTipOptions,
  read: ReadTip,
  rows: readonly Row[],
): AsyncGenerator<GivenTip, void, undefined> {
  const { tip, version } = read;
  const verified = await verifier.verified(read);
  if (!verified.ok) return unverified({ tip, version, reason: verified.error });
  const { document, indicators } = verified.value;
  // What binds its reader is asked of the document: beside it the exchange may have said another level, or no embargo.
  if (isEmbargoed(document) && !embargoed) return;
  if (tlp !== undefined && one === undefined && document.tlp !== tlp) return;
  if (rows.some(({ ordinal }) => !(ordinal in document.indicators)))
    return unverified({ tip, version, reason: "The exchange gives indicators of it that its document has not." });
  yield {
    keys: verifier.keys,
    tip: { ...sharedTip(connection, read, verified.value, verifier.partners), marks: marksIn(rows) },
    indicators: rows.flatMap(({ ordinal }) => {
      const indicator = indicators.get(ordinal);
      return indicator ? [{ ordinal, indicator }] : [];
    }),
  };
}

const isEmbargoed = ({ embargo }: Pick<TipDocument, "embargo">): boolean =>
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
): Promise<{ read: ReadTip; rows: Row[] } | undefined> {
  for (let round = 0; round < rounds; round++) {
    const read = await readLiving(connection, tip);
    if (!read || (isEmbargoed(read) && !embargoed)) return undefined;
    const { version, from, operation } = read;
    const rows: Row[] = [];
    for (let after: string | null = ""; after !== null; ) {
      const query = queryOf({ from, operation: operation.id, limit: 1_000, after });
      const page: { indicators: Row[]; next: string | null } = await connection.call("GET", `/v1/indicators?${query}`);
      rows.push(...page.indicators.filter((row) => row.tip === tip));
      after = page.next;
    }
    if (rows.every((row) => row.version === version)) return { read, rows };
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

function sharedTip(
  { profile }: Connection,
  { tip, version, first_accepted_at: created, through, seq }: ReadTip,
  { document, from, digest, accepted_at: modified }: VerifiedTip,
  partners: ReadonlyMap<string, Partner>,
): SharedTip {
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
