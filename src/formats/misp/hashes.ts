/**
 * The lines of a feed's `hashes.csv`: MD5 of each value as it stands, of a composite value each part by itself, as MISP looks
 * them up. What does not correlate is left out: a count of followers would be met everywhere. What is taken back is, too.
 */
import { md5 } from "@noble/hashes/legacy.js";
import type { MispEvent } from "./format.ts";

const utf8 = new TextEncoder();
const md5Of = (text: string): string =>
  Array.from(md5(utf8.encode(text)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Each once. A line of the file is one of these, a comma and the event's UUID. */
export function hashesOf({ Event }: MispEvent): string[] {
  const values = new Set<string>();
  for (const { type, value, deleted, disable_correlation } of [
    ...Event.Attribute,
    ...Event.Object.flatMap((object) => object.Attribute),
  ]) {
    if (deleted || disable_correlation) continue;
    for (const part of type.includes("|") ? value.split("|") : [value]) values.add(part);
  }
  return [...values].map(md5Of);
}
