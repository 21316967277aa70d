/**
 * Tips with their indicators for the doors of others' tools, in the order in which the reader gained sight of them: what is
 * handed out is judged, recorded and read in one batch. Guarantees: nothing is skipped or repeated from place to place; what
 * is hidden from the reader shows neither in what is read nor in whether there is more, but for a bounded search.
 */
import { readPayload } from "../core/envelope.ts";
import type { Feedback } from "../core/feedback.ts";
import type { Indicator } from "../core/indicators/family.ts";
import { limits } from "../core/limits.ts";
import type { TipDocument } from "../core/tip.ts";
import { type Door, type Reader, recordAccess } from "../store/accesses.ts";
import { batch, first } from "../store/database.ts";
import { rowOf, type SightAsk, type SightPart, type SightRow, unitsOf } from "../store/sight-rows.ts";
import { selectAndRecord } from "../store/sights.ts";
import { selectSeqBefore } from "../store/subscriptions.ts";
import type { SaidRow } from "../store/told-words.ts";
import type { Exchange } from "./exchange.ts";

export type { SightRow };

/** Where a reader goes on: in the tip of an event, before the indicator of that ordinal; -1: before the tip itself. */
export interface Place {
  seq: number;
  ordinal: number;
}
export const beginning: Place = { seq: 0, ordinal: -1 };

export type SightOptions = Omit<SightAsk, "of" | "at" | "bytes" | "words"> & {
  /** It goes on with a request whose access is recorded. */
  isRecorded?: boolean;
};

export type SightOf = Omit<SightOptions, "most" | "units"> &
  Partial<Pick<SightOptions, "most" | "units">> & { ordinal?: number };

export interface Sight {
  row: SightRow;
  /** Decoded where it is read. Undefined where it began before, ended, or no documents were asked for. */
  readonly document?: TipDocument;
  /** Of the documents, as they are kept. */
  characters: number;
  indicators: { ordinal: number; indicator: Indicator }[];
  /** What the exchange says of those that are marked, by ordinal. */
  marks: Map<number, number>;
  /** In order: what others said that the reader was told, where words are handed out of it. */
  said: Said[];
}

/** A feedback document as far as it is told. */
export interface Said {
  seq: number;
  by: { slug: string; name: string; kind: string; contact: string | null; legal_process_url: string | null };
  /** The version of the tip in which its words count, those that are not past. */
  counts_in: number;
  isVoid: boolean;
  accepted_at: string;
  /** Where its words begin in the sight; undefined where they have no place in it. */
  start: number | undefined;
  /** What it says of which ordinal, in its order (core's `readSpoken`). */
  spoken: number[];
  /** Decoded where it is read; undefined where nothing of it is handed out. */
  readonly document?: Feedback;
}

export interface Sights {
  sights: Sight[];
  /** Where to go on. */
  next: Place;
  more: boolean;
}

/** Batches, and events looked at, before what was found is answered. */
const rounds = 6;
const rowsAtMost = limits.token_rows / 2;
/** Fewest events that are looked at in a batch: each is judged. */
const rowsAtLeast = 8;

export async function readSights(
  exchange: Exchange,
  reader: Reader,
  door: Door,
  from: Place,
  options: SightOptions,
): Promise<Sights> {
  const sights: Sight[] = [];
  let at = from;
  let rows = Math.max(rowsAtLeast, Math.ceil(options.most / 8));
  let left = options.most;
  let characters = 0;
  for (let round = 0; round < rounds; round++) {
    rows = Math.min(rows, rowsAtMost);
    const ask: SightAsk = {
      ...options,
      of: { after: at.seq - 1, rows, near: round === 0 },
      at,
      most: left,
      bytes: limits.page_bytes,
    };
    const read = await readBatch(exchange, reader, door, ask, round === 0 && !options.isRecorded);
    sights.push(...read.sights);
    const last = read.sights.at(-1);
    if (last) left -= read.units;
    if (read.more) return { sights, next: last ? after(last) : at, more: true };
    if (read.last > 0) at = { seq: read.last + 1, ordinal: -1 };
    if (!read.open) return { sights, next: at, more: false };
    // What is large fills a page, whatever it counts: all of it is held until it is handed out.
    characters += read.characters;
    if (characters > limits.page_bytes / 4) left = 0;

    // Also with nothing left: whether there is more is searched for behind what is hidden.
    rows *= 4;
  }
  return { sights, next: at, more: true };
}

/** One tip, whole or from an ordinal on; undefined where the reader may not see it, and where it ended, unless `ends` are asked for. */
export async function readSight(
  exchange: Exchange,
  reader: Reader,
  door: Door,
  tip: string,
  { ordinal = -1, most = limits.indicators, units = { tip: 0, indicator: 1 }, ...options }: SightOf,
): Promise<Sight | undefined> {
  const ask = { ...options, of: { tip }, at: { seq: 0, ordinal }, most, units };
  const { sights } = await readBatch(exchange, reader, door, ask, !options.isRecorded);
  return sights[0];
}

/** Where sights begin that were gained after a time. */
export async function placeAfter(exchange: Exchange, time: string): Promise<Place> {
  return { seq: (await first(exchange.db, selectSeqBefore(time)))!.seq + 1, ordinal: -1 };
}

/** Behind what was handed out of a sight. */
const after = ({ row }: Sight): Place =>
  row.stop >= row.whole ? { seq: row.sight_seq + 1, ordinal: -1 } : { seq: row.sight_seq, ordinal: row.stop };

/** What was said is looked for again, with a batch of its own, where anything was. */
async function readBatch(exchange: Exchange, reader: Reader, door: Door, ask: SightAsk, isFirst: boolean) {
  const words = ask.units.word === undefined ? undefined : ask.word ? "told" : "unless-told";
  const read = await readOnce(exchange, reader, door, { ...ask, ...(words && { words }) }, isFirst);
  return read.isTold ? readOnce(exchange, reader, door, { ...ask, words: "told" }, false) : read;
}

/** One access a request, however many batches it takes. */
async function readOnce(exchange: Exchange, reader: Reader, door: Door, ask: SightAsk, isFirst: boolean) {
  const { db, now } = exchange;
  const [parts] = await batch(db, [
    ...selectAndRecord(reader, ask, door, now),
    ...(isFirst ? [recordAccess(reader, door, now)] : []),
  ]);
  const of = (wanted: SightPart["part"]) =>
    parts.filter(({ part }) => part === wanted).sort((a, b) => a.seq - b.seq || a.ordinal - b.ordinal);
  const texts = new Map<number, string>();
  for (const { seq, text } of of("document")) texts.set(seq, (texts.get(seq) ?? "") + text);
  const sights = new Map<number, Sight>();
  let units = 0;
  for (const { seq, text } of of("sight")) {
    const row = rowOf(text!);
    sights.set(seq, sightOf(row, texts.get(seq)));
    units += unitsOf(row, ask.units);
  }
  for (const { seq, ordinal, text } of of("indicator")) {
    sights.get(seq)!.indicators.push({ ordinal, indicator: JSON.parse(text!) as Indicator });
  }
  for (const { seq, ordinal, text } of of("mark")) sights.get(seq)!.marks.set(ordinal, Number(text));
  for (const { seq, ordinal, text } of of("said")) {
    sights.get(seq)!.said.push(saidOf(ordinal, JSON.parse(text!) as SaidRow));
    sights.get(seq)!.characters += text!.length;
  }
  const [seen] = of("seen");
  return {
    /** The last event looked at, and whether there are others behind it. */
    last: seen!.seq,
    open: seen!.ordinal % 2 === 1,
    more: (seen!.ordinal & 2) > 0,
    isTold: (seen!.ordinal & 4) > 0,
    sights: [...sights.values()],
    units,
    characters: parts.reduce((sum, { text }) => sum + String(text ?? "").length, 0),
  };
}

function sightOf(row: SightRow, text: string | undefined): Sight {
  let document: TipDocument | undefined;
  return {
    row,
    get document() {
      if (text !== undefined) document ??= readPayload(text) as TipDocument;
      return document;
    },
    characters: text?.length ?? 0,
    indicators: [],
    marks: new Map(),
    said: [],
  };
}

function saidOf(seq: number, row: SaidRow): Said {
  const [slug, counts_in, isVoid, accepted_at, start, spoken, payload, name, kind, contact, legal_process_url] = row;
  let document: Feedback | undefined;
  return {
    seq,
    by: { slug, name, kind, contact, legal_process_url },
    counts_in,
    isVoid: isVoid === 1,
    accepted_at,
    start: start ?? undefined,
    spoken: JSON.parse(spoken) as number[],
    get document() {
      // Erased with the tip's content.
      if (payload) document ??= readPayload(payload) as Feedback;
      return document;
    },
  };
}
