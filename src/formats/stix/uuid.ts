/**
 * UUIDs made of names (RFC 9562, version 5), and the ids of observables as STIX 2.1 derives them (section 2.9): the same value
 * has the same id whoever exports it. Synchronous, since a page of objects makes hundreds.
 */
import { sha1 } from "@noble/hashes/legacy.js";

const utf8 = new TextEncoder();

const bytesOf = (uuid: string): number[] => uuid.match(/[0-9a-f]{2}/g)!.map((pair) => Number.parseInt(pair, 16));

/** RFC 9562, section 6.6. */
const urls = bytesOf("6ba7b811-9dad-11d1-80b4-00c04fd430c8");
/** STIX 2.1, section 2.9: the namespace of observables. */
const observables = bytesOf("00abedb4-aa42-466c-9c01-fed23315a9b7");

const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function hexOf(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += pairs[byte];
  return hex;
}

/** 32 hex digits as a UUID. */
export const grouped = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;

function named(namespace: readonly number[], name: string): string {
  const text = utf8.encode(name);
  const whole = new Uint8Array(namespace.length + text.length);
  whole.set(namespace);
  whole.set(text, namespace.length);
  const hash = sha1(whole).subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  return grouped(hexOf(hash));
}

/** The UUID of whatever a URL names. */
export const uuidOfUrl = (url: string): string => named(urls, url);

/** Texts, and objects of texts. */
export type Contributing = { readonly [name: string]: string | Contributing | undefined };

/** RFC 8785 for texts and objects of texts; members that are not there do not contribute. */
export function canonicalJson(value: string | Contributing): string {
  if (typeof value === "string") return JSON.stringify(value);
  const members = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name]!)}`);
  return `{${members.join()}}`;
}

/** The id of an observable, of the properties that contribute to it by the specification. */
export const observableId = (type: string, contributing: Contributing): string =>
  `${type}--${named(observables, canonicalJson(contributing))}`;
