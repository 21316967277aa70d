/**
 * A zip archive as a stream (APPNOTE.TXT 6.3.10): each file is deflated by the platform's CompressionStream as it comes, its sizes
 * follow it in a data descriptor, and only the list of files is held. No zip64: files beyond 4 GB throw.
 */

export interface ZipFile {
  /** ASCII, without a leading slash. */
  name: string;
  /** Read when the files before are written. */
  content: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** Deflate, with sizes behind the file, for a reader of version 2.0 (4.4.3, 4.4.4 bit 3). Without a clock: 1 January 1980. */
const header = { version: 20, flags: 0x0008, method: 8, time: 0, day: 0x0021 };
const most = 0xffff_ffff;

export async function* zipOf(files: AsyncIterable<ZipFile>): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const central: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for await (const { name, content } of files) {
    const entry = { at, crc: 0, packed: 0, size: 0 };
    const local = record(0x04034b50, [[2, header.version], ...common(entry, false), [2, name.length], [2, 0]], name);
    yield local;
    for await (const piece of deflated(tallied(content, entry))) {
      entry.packed += piece.length;
      yield piece;
    }
    if (at + entry.packed + local.length > most || entry.size > most)
      throw new RangeError("a zip archive beyond 4 GB needs zip64");
    const sizes = record(0x08074b50, [
      [4, entry.crc],
      [4, entry.packed],
      [4, entry.size],
    ]);
    yield sizes;
    at += local.length + entry.packed + sizes.length;
    central.push(centralOf(name, entry));
  }
  yield* central;
  const length = central.reduce((sum, each) => sum + each.length, 0);
  yield record(0x06054b50, [
    [4, 0],
    [2, central.length],
    [2, central.length],
    [4, length],
    [4, at],
    [2, 0],
  ]);
}

interface Entry {
  at: number;
  crc: number;
  packed: number;
  size: number;
}

type Field = [bytes: 2 | 4, value: number];

const common = ({ crc, packed, size }: Entry, known: boolean): Field[] => [
  [2, header.flags],
  [2, header.method],
  [2, header.time],
  [2, header.day],
  [4, known ? crc : 0],
  [4, known ? packed : 0],
  [4, known ? size : 0],
];

function centralOf(name: string, entry: Entry): Uint8Array<ArrayBuffer> {
  const fields: Field[] = [
    [2, header.version],
    [2, header.version],
    ...common(entry, true),
    [2, name.length],
    // Extra field, comment, disk, attributes inside and outside.
    [2, 0],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, entry.at],
  ];
  return record(0x02014b50, fields, name);
}

function record(signature: number, fields: readonly Field[], name = ""): Uint8Array<ArrayBuffer> {
  const length = fields.reduce((sum, [bytes]) => sum + bytes, 4);
  const bytes = new Uint8Array(length + name.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, signature, true);
  let at = 4;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  bytes.set(new TextEncoder().encode(name), length);
  return bytes;
}

async function* tallied(content: AsyncIterable<Uint8Array<ArrayBuffer>>, entry: Entry) {
  for await (const piece of content) {
    entry.crc = crc32(piece, entry.crc);
    entry.size += piece.length;
    yield piece;
  }
}

/** Bytes that are fed before what came of them must be taken. */
const mostAhead = 1_000_000;

async function* deflated(content: AsyncIterable<Uint8Array<ArrayBuffer>>) {
  const { readable, writable } = new CompressionStream("deflate-raw");
  const reader = readable.getReader();
  const pace: Pace = { asking: false, taken: 0, over: false };
  const feeding = feed(content, writable.getWriter(), pace);
  // What the source throws comes out where it is read, too.
  feeding.catch(() => {});
  try {
    for (;;) {
      pace.asking = true;
      const { done, value } = await reader.read();
      pace.asking = false;
      if (done) break;
      pace.taken++;
      yield value;
    }
    await feeding;
  } finally {
    // Whoever stops reading stops the source at its next piece.
    pace.over = true;
    await reader.cancel().catch(() => {});
    await feeding.catch(() => {});
  }
}

/** What the feeding side knows of the reading one. */
interface Pace {
  /** A read is waiting. */
  asking: boolean;
  /** Chunks that were read. */
  taken: number;
  over: boolean;
}

async function feed(
  content: AsyncIterable<Uint8Array<ArrayBuffer>>,
  writer: WritableStreamDefaultWriter<BufferSource>,
  pace: Pace,
): Promise<void> {
  let ahead = 0;
  try {
    for await (const piece of content) {
      await writer.write(piece);
      ahead += piece.length;
      if (ahead >= mostAhead) {
        await caughtUp(pace);
        ahead = 0;
      }
      if (pace.over) return;
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => {});
    throw error;
  }
}

/**
 * When a read has waited a whole turn and nothing came. workerd's CompressionStream takes all that it is given at once, however
 * slowly its other end is read: without this an export would lie in memory for a slow reader.
 */
async function caughtUp(pace: Pace): Promise<void> {
  let before = -1;
  for (let wait = 0; !pace.over && !(pace.asking && pace.taken === before); wait = Math.min(2 * wait + 1, 50)) {
    if (pace.taken !== before) wait = 0;
    before = pace.taken;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** Of 0 to 255, reflected polynomial 0xEDB88320 (4.4.7). */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The checksum of what came before, carried on. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (let at = 0; at < bytes.length; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}
