/**
 * A file of any size in blocks of whole rows, each with where it ends in the file: reading goes on there another time. A block ends
 * at a line end outside of quotes, as far as quotes say where they close; past a bound it ends at any line end. Memory is bounded.
 */
import { open } from "node:fs/promises";

const pieceBytes = 1 << 20;
/** A row with line breaks in its cells is no longer than this. */
const mostBytes = 4 << 20;
const [lineFeed, carriageReturn, quote] = [0x0a, 0x0d, 0x22];

export interface Block {
  text: string;
  /** Bytes of the file up to its end. */
  end: number;
}

export async function* readBlocks(file: string, from = 0): AsyncGenerator<Block, void, undefined> {
  const handle = await open(file);
  try {
    let rest = Buffer.alloc(0);
    let [read, end] = [from, from];
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, read);
      read += bytesRead;
      const whole =
        rest.length > 0 ? Buffer.concat([rest, buffer.subarray(0, bytesRead)]) : buffer.subarray(0, bytesRead);
      const cut = bytesRead === 0 ? whole.length : lastRowEnd(whole);
      if (cut > 0) {
        end += cut;
        yield { text: whole.toString("utf8", 0, cut), end };
      }
      if (bytesRead === 0) return;
      rest = Buffer.from(whole.subarray(cut));
    }
  } finally {
    await handle.close();
  }
}

/** Behind the last row that is whole; 0 where there is none yet. */
function lastRowEnd(bytes: Buffer): number {
  const lineEnd = bytes.includes(lineFeed) ? lineFeed : carriageReturn;
  const last = bytes.lastIndexOf(lineEnd) + 1;
  if (!bytes.includes(quote)) return last > 0 || bytes.length < mostBytes ? last : bytes.length;
  let [quoted, cut] = [false, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) quoted = !quoted;
    else if (byte === lineEnd && !quoted) cut = at + 1;
  }
  if (cut > 0 || bytes.length < mostBytes) return cut;
  return last > 0 ? last : bytes.length;
}
