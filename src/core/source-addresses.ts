/**
 * Addresses and ranges that a read token is taken from, in one spelling each: an address is in a range exactly where the
 * range is among those around it. IPv4-mapped IPv6 is IPv4. Unlike an indicator's, they may be private.
 */
import ipaddr from "ipaddr.js";
import { limits } from "./limits.ts";
import { err, ok, type Result } from "./result.ts";

const { range_v4, range_v6 } = limits.read_token;

/** The address's first `length` bits, as "network/length". */
function rangeOf(bytes: readonly number[], length: number): string {
  const masked = bytes.map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, length - at * 8))) & 0xff);
  const network = ipaddr.fromByteArray(masked);
  return `${network instanceof ipaddr.IPv6 ? network.toRFC5952String() : network.toString()}/${length}`;
}

const parse = (text: string): number[] | undefined =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(":") && ipaddr.IPv6.isValid(text))
    ? ipaddr.process(text).toByteArray()
    : undefined;

/** "203.0.113.7" or "203.0.113.0/24" as it is kept. */
export function readSourceRange(text: string): Result<string, string> {
  const [address = "", stated, more] = text.trim().split("/");
  const bytes = parse(address);
  if (!bytes || more !== undefined || (stated !== undefined && !/^\d{1,3}$/.test(stated)))
    return err("Give an address, or a range such as 203.0.113.0/24.");
  const bits = bytes.length * 8;
  // A length stated of a mapped address counts the 96 bits before it.
  const mapped = bits === 32 && address.includes(":") ? 96 : 0;
  const length = stated === undefined ? bits : Number(stated) - mapped;
  const least = bits === 32 ? range_v4 : range_v6;
  if (length > bits || length < least) return err(`A range here is from /${least} to /${bits}.`);
  const range = rangeOf(bytes, length);
  if (range !== rangeOf(bytes, bits).replace(/\/\d+$/, `/${length}`))
    return err(`This is an address in a range, not the range: ${range}.`);
  return ok(range);
}

/** Every range that the address is in; none for what is no address. */
export function rangesAround(address: string | undefined): string[] {
  const bytes = address === undefined ? undefined : parse(address);
  if (!bytes) return [];
  const bits = bytes.length * 8;
  const least = bits === 32 ? range_v4 : range_v6;
  return Array.from({ length: bits - least + 1 }, (_, at) => rangeOf(bytes, least + at));
}
