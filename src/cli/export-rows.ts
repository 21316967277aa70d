/** `tipoff export --format xlsx|csv|ndjson`: straight from the exchange into a file, or to standard output. */
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync, truncateSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeStream } from "node:stream/web";
import { exportIndicators } from "../client/export.ts";
import { WholeRows } from "../client/whole-rows.ts";
import type { Options, TableFormat } from "./export.ts";
import type { Session } from "./session.ts";
import { tell, UsageError } from "./terminal.ts";

/** Where it is until it is whole. */
const partOf = (file: string): string => `${file}.part`;

export async function exportRows({ connection }: Session, format: TableFormat, options: Options): Promise<void> {
  const { since, embargoed, group, tlp, out, resume } = options;
  const before = resume === undefined ? undefined : await wholeRowsOf(resume, format as "csv" | "ndjson");
  const source = exportIndicators(connection, {
    format,
    since,
    embargoed,
    group,
    tlp,
    // A file that has no row yet is begun anew, heading and all.
    ...(before?.rows.place && { after: before.rows.place }),
    trouble: (error) => tell(`${error.message}; going on behind the last whole row.`),
  });
  const counted = new Counted();
  const bytes = Readable.fromWeb(source as unknown as NodeStream).map((piece: Uint8Array) => counted.see(piece));
  const file = out ?? resume;
  if (file === undefined) {
    await pipeline(bytes, process.stdout, { end: false });
    return counted.end();
  }
  const place = before?.file ?? partOf(file);
  if (before) truncateSync(place, before.rows.place ? before.rows.bytes : 0);
  else rmSync(place, { force: true });
  try {
    await pipeline(bytes, createWriteStream(place, { mode: 0o600, flags: before ? "a" : "wx" }));
  } catch (error) {
    counted.end();
    // Of what was refused at once nothing is there to go on with.
    if (format === "xlsx" || (!before && counted.bytes === 0)) rmSync(place, { force: true });
    else tell(`${place} is NOT whole. To go on with it: tipoff export --format ${format} --resume ${file}`);
    throw error;
  }
  counted.end();
  if (place !== file) renameSync(place, file);
  tell(`${file} is whole: ${counted.bytes} bytes came.`);
}

/** The file, or what there is of it, and its whole rows. */
async function wholeRowsOf(file: string, format: "csv" | "ndjson"): Promise<{ file: string; rows: WholeRows }> {
  const place = existsSync(partOf(file)) ? partOf(file) : file;
  if (!existsSync(place)) throw new UsageError(`There is no file ${file} to go on with.`);
  const rows = new WholeRows(format);
  for await (const piece of createReadStream(place)) {
    try {
      rows.take(piece as Buffer);
    } catch {
      throw new UsageError(`${place} is no ${format} that tipoff export wrote.`);
    }
  }
  if (rows.rows > 0 && (rows.place === undefined || !Number.isInteger(rows.place.seq + rows.place.ordinal)))
    throw new UsageError(`${place} is no ${format} that tipoff export wrote.`);
  return { file: place, rows };
}

/** Bytes that came, shown while they come. */
class Counted {
  bytes = 0;
  #shown = Date.now();
  #isShown = false;

  see(piece: Uint8Array): Uint8Array {
    this.bytes += piece.length;
    if (Date.now() - this.#shown > 1_000 && process.stderr.isTTY) {
      this.#shown = Date.now();
      this.#isShown = true;
      process.stderr.write(`\rExporting: ${Math.round(this.bytes / 1_000)} kB`);
    }
    return piece;
  }

  end(): void {
    if (this.#isShown) process.stderr.write("\n");
  }
}
