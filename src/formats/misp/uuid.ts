/**
 * UUIDs of what an event holds, from the tip's id, an indicator's ordinal and a part's number alone: no value can be guessed
 * from them, and what a reader was given can be named again when its content is gone. Version 5 (RFC 9562, section 5.5),
 * since MISP takes only versions 1 to 5 and ids of tips are of others. The event's own is the one that leads back to its tip.
 */
import { sha1 } from "@noble/hashes/legacy.js";
import { idOf, type ObjectId, readObjectId } from "../stix/ids.ts";

/** RFC 9562, section 6.6: the namespace of URLs. */
const urls = "6ba7b811-9dad-11d1-80b4-00c04fd430c8";
const utf8 = new TextEncoder();

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** RFC 9562, section 5.5. */
function nameUuid(namespace: string, name: string): string {
  const space = namespace.replaceAll("-", "").match(/../g)!;
  const bytes = sha1(Uint8Array.from([...space.map((byte) => Number.parseInt(byte, 16)), ...utf8.encode(name)]));
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = hexOf(bytes.subarray(0, 16));
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** That of the tip's campaign in STIX. */
export const eventUuid = (tip: string): string => idOf("campaign", tip, 0).slice("campaign--".length);

/** Which tips an event's UUID may be of; undefined for what cannot be one of ours. */
export function readEventUuid(event: string): ObjectId | undefined {
  const read = readObjectId(`campaign--${event}`);
  return read?.ordinal === 0 ? read : undefined;
}

export const reportUuid = (tip: string): string => nameUuid(tip, "misp:report");
export const orgUuid = (exchange: string, slug: string): string => nameUuid(urls, `${exchange}/partners/${slug}`);

/** What an indicator becomes in MISP, in the last two digits: an attribute, or an object, its parts and a reference. */
export const slots = { attribute: 0, object: 1, reference: 2, part: 16 } as const;

/** One hash a tip, then counting: a tip has ten thousand indicators, and a hash costs as much as all else about one. */
export function indicatorUuids(tip: string): (ordinal: number, slot: number) => string {
  const base = nameUuid(tip, "misp:indicators").slice(0, 26);
  return (ordinal, slot) => `${base}${ordinal.toString(16).padStart(8, "0")}${slot.toString(16).padStart(2, "0")}`;
}
