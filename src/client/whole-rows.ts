/**
 * The rows of an export as they come: only whole ones are handed on, and where the last of them stands is known, so that one
 * goes on behind it. In NDJSON a row is a line; in CSV it ends at a line break outside of quotes, and the heading is one.
 */

/** A row's place in an export: what `after` takes. */
export interface RowPlace {
  seq: number;
  ordinal: number;
}

/** Far more than what an indicator and its tip's heading can have. */
const mostBytes = 2_000_000;
const [quote, lineFeed] = [0x22, 0x0a];

export class WholeRows {
  readonly #format: "csv" | "ndjson";
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array();
  /** Of the last whole row; undefined before the first. */
  place: RowPlace | undefined;
  /** Of all whole rows, the heading's too. */
  bytes = 0;
  /** Without the heading. */
  rows = 0;

  constructor(format: "csv" | "ndjson", from?: RowPlace) {
    this.#format = format;
    this.place = from;
  }

  /** The whole rows there are with this piece; what comes behind them is kept for the next. */
  take(piece: Uint8Array): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#rest.length + piece.length);
    all.set(this.#rest);
    all.set(piece, this.#rest.length);
    let isQuoted = false;
    let [begin, end] = [0, 0];
    for (let at = 0; at < all.length; at++) {
      // In UTF-8 neither is a part of another character.
      if (all[at] === quote && this.#format === "csv") isQuoted = !isQuoted;
      else if (all[at] === lineFeed && !isQuoted) {
        begin = end;
        end = at + 1;
        if (this.#isRow(all, begin)) this.rows++;
      }
    }
    if (all.length - end > mostBytes)
      throw new Error("A row of the export has no end: this is not what an exchange sends.");
    this.#rest = all.slice(end);
    this.bytes += end;
    if (end > 0) this.place = this.#placeOf(all.subarray(begin, end)) ?? this.place;
    return all.slice(0, end);
  }

  /** Whether something came that is no whole row yet. */
  get isWithin(): boolean {
    return this.#rest.length > 0;
  }

  /** What came of a row that is not whole is forgotten: it comes again. */
  forget(): void {
    this.#rest = new Uint8Array();
  }

  /** The heading of a CSV is not one. */
  #isRow = (all: Uint8Array, begin: number): boolean =>
    this.#format === "ndjson" || (all[begin]! >= 0x30 && all[begin]! <= 0x39);

  #placeOf(row: Uint8Array): RowPlace | undefined {
    if (this.#format === "ndjson") {
      const { seq, ordinal } = JSON.parse(new TextDecoder().decode(row)) as RowPlace;
      return { seq, ordinal };
    }
    const [, seq, ordinal] = /^(\d+),(\d+),/.exec(new TextDecoder().decode(row.subarray(0, 40))) ?? [];
    return seq === undefined ? undefined : { seq: Number(seq), ordinal: Number(ordinal) };
  }
}
