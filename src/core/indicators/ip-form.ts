/** Addresses and ranges as "network/length". IPv4-mapped IPv6 is IPv4. Nonsense is refused, documentation ranges are not. */
import ipaddr from "ipaddr.js";
import { err, ok, type Result } from "../result.ts";

export interface Network {
  family: 4 | 6;
  length: number;
  /** All bits of the network, 8 or 32 hex digits. */
  hex: string;
  /** Host bits were set and are zeroed now. */
  zeroed: boolean;
  documentation: boolean;
  /** "network/length". */
  value: string;
}

const refused: [string, string][] = [
  ["0.0.0.0/8", "unspecified"],
  ["10.0.0.0/8", "private"],
  ["100.64.0.0/10", "private (carrier NAT)"],
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link-local"],
  ["172.16.0.0/12", "private"],
  ["192.168.0.0/16", "private"],
  ["224.0.0.0/4", "multicast"],
  ["240.0.0.0/4", "reserved"],
  ["::/127", "unspecified or loopback"],
  ["::ffff:0:0/96", "a mix of IPv4 and IPv6"],
  ["fc00::/7", "private"],
  ["fe80::/10", "link-local"],
  ["fec0::/10", "private"],
  ["ff00::/8", "multicast"],
];
const documentation = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"];

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const hexOf = (bytes: readonly number[]): string => {
  let hex = "";
  for (const byte of bytes) hex += hexOfByte[byte];
  return hex;
};

/** The first `length` bits, the rest zero. */
export function maskHex(hex: string, length: number): string {
  const whole = length >> 2;
  const rest = length & 3;
  let masked = hex.slice(0, whole);
  if (rest) masked += (Number.parseInt(hex[whole]!, 16) & (0xf << (4 - rest)) & 0xf).toString(16);
  return masked.padEnd(hex.length, "0");
}

const special = (cidr: string) => {
  const [address, length] = cidr.split("/") as [string, string];
  const parsed = ipaddr.parse(address);
  return { family: parsed.kind() === "ipv4" ? 4 : 6, hex: hexOf(parsed.toByteArray()), length: Number(length) };
};
const ofFamily = <Range extends { family: number }>(ranges: readonly Range[]) => ({
  4: ranges.filter(({ family }) => family === 4),
  6: ranges.filter(({ family }) => family === 6),
});
const refusedRanges = ofFamily(refused.map(([cidr, name]) => ({ ...special(cidr), name })));
const documentationRanges = ofFamily(documentation.map(special));

type Range = { family: number; hex: string; length: number };

/** Whether `outer` holds all of `inner`. */
export function contains(outer: Range, inner: Range): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  const whole = outer.length >> 2;
  const rest = outer.length & 3;
  if (!inner.hex.startsWith(outer.hex.slice(0, whole))) return false;
  return rest === 0 || (digitAt(outer, whole) ^ digitAt(inner, whole)) >> (4 - rest) === 0;
}
const digitAt = ({ hex }: Range, at: number): number => Number.parseInt(hex[at]!, 16);

export function readNetwork(text: string): Result<Network, string> {
  const trimmed = text.trim();
  if (trimmed.length > 64) return err("This is not an address or a range.");
  const [address = "", stated, more] = trimmed.toLowerCase().split("/");
  if (more !== undefined || (stated !== undefined && !/^\d{1,3}$/.test(stated)))
    return err("This is not an address or a range.");
  let bytes = bytesOf(address);
  if (!bytes) return err("This is not an address or a range.");
  let length = stated === undefined ? bytes.length * 8 : Number(stated);
  if (length > bytes.length * 8) return err(`A prefix length is at most ${bytes.length * 8}.`);
  if (isMapped(bytes) && length >= 96) {
    bytes = bytes.slice(12);
    length -= 96;
  }
  const family = bytes.length === 4 ? 4 : 6;
  const shortest = family === 4 ? 8 : 19;
  if (length < shortest) return err(`Ranges shorter than /${shortest} hold too much of the internet.`);
  const full = hexOf(bytes);
  const hex = maskHex(full, length);
  const range = { family, hex, length } as const;
  const nonsense = refusedRanges[family].find((other) => contains(other, range) || contains(range, other));
  if (nonsense) return err(`This is ${nonsense.name}, or holds such addresses, and names nobody.`);
  return ok({
    ...range,
    zeroed: hex !== full,
    documentation: documentationRanges[family].some((other) => contains(other, range)),
    value: `${textOf(hex === full ? bytes : bytesOfHex(hex))}/${length}`,
  });
}

/** Four or sixteen; undefined for what is no address. */
function bytesOf(address: string): number[] | undefined {
  if (/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(address)) {
    const bytes = address.split(".").map(Number);
    return bytes.every((byte) => byte < 256) ? bytes : undefined;
  }
  const valid = /^[0-9a-f:.]+$/.test(address) && address.includes(":") && ipaddr.IPv6.isValid(address);
  return valid ? ipaddr.IPv6.parse(address).toByteArray() : undefined;
}

/** IPv4 in IPv6, ::ffff:0:0/96 (RFC 4291, section 2.5.5.2). */
const isMapped = (bytes: readonly number[]): boolean =>
  bytes.length === 16 && bytes.every((byte, at) => at > 11 || byte === (at < 10 ? 0 : 255));

const bytesOfHex = (hex: string): number[] =>
  Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16));

const textOf = (bytes: number[]): string =>
  bytes.length === 4 ? bytes.join(".") : new ipaddr.IPv6(bytes).toRFC5952String();
