/**
 * The parts of a workbook out of its archive, by name and nothing else: no part becomes a file. Sizes are bounded before anything
 * is unpacked, and what unpacks to more than it says is cut off by the library at what it said.
 */
import { unzipSync } from "fflate";
import { err, ok, type Result } from "../core/result.ts";

const mostFiles = 2_000;
/** Bytes of one part, and of all that are read: what a laptop unpacks in seconds. */
const mostBytes = 300_000_000;
const mostPacked = 100_000_000;

/** Whether a file is a zip archive, or what Office wrote before: which of the two is not for its name to say. */
export const looksPacked = (bytes: Uint8Array): boolean => startsWith(bytes, [0x50, 0x4b]) || isCompound(bytes);
const isCompound = (bytes: Uint8Array): boolean => startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0]);
const startsWith = (bytes: Uint8Array, start: number[]): boolean => start.every((byte, at) => bytes[at] === byte);

export class Parts {
  readonly #archive: Uint8Array;
  readonly #sizes: ReadonlyMap<string, number>;
  #read = 0;

  private constructor(archive: Uint8Array, sizes: ReadonlyMap<string, number>) {
    this.#archive = archive;
    this.#sizes = sizes;
  }

  static open(archive: Uint8Array): Result<Parts, string> {
    if (isCompound(archive))
      return err("This is a workbook of the old kind, or one with a password: save it as .xlsx without one.");
    if (archive.length > mostPacked) return err("This workbook is too large to be read: save the sheet as CSV.");
    const sizes = new Map<string, number>();
    let [count, twice] = [0, false];
    try {
      unzipSync(archive, {
        filter({ name, originalSize }) {
          count++;
          twice ||= sizes.has(name);
          sizes.set(name, originalSize);
          return false;
        },
      });
    } catch {
      return err("This archive is damaged.");
    }
    if (twice || count > mostFiles) return err("This archive is not what a spreadsheet writes.");
    if (sizes.has("xl/workbook.bin")) return err("This is a binary workbook: save it as .xlsx.");
    if (!sizes.has("xl/workbook.xml") && sizes.has("content.xml"))
      return err("This is an OpenDocument file: save it as .xlsx.");
    return ok(new Parts(archive, sizes));
  }

  has(name: string): boolean {
    return this.#sizes.has(name);
  }

  /** A part's text. Throws what is told of it. */
  text(name: string): string {
    this.#read += this.#sizes.get(name) ?? 0;
    if (this.#read > mostBytes)
      throw new PartFault("This workbook unpacks to more than is read: save the sheet as CSV.");
    let found: Uint8Array | undefined;
    try {
      found = unzipSync(this.#archive, { filter: (file) => file.name === name })[name];
    } catch {
      throw new PartFault(`This archive is damaged at ${name}.`);
    }
    if (!found) throw new PartFault(`This workbook lacks ${name}.`);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(found);
    } catch {
      throw new PartFault(`${name} is not UTF-8.`);
    }
  }
}

export class PartFault extends Error {}
