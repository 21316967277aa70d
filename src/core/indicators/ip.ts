/**
 * Addresses and ranges. A question about an address is masked to every prefix length in use, so a range is found by one
 * exact key. A match with a range or address that belongs to everyone (`vpn`, `proxy`, `tor`, `cdn`, `mobile`) is context.
 */
import * as z from "zod";
import { short } from "../names.ts";
import { err, ok } from "../result.ts";
import type { Family, Fault, Indicator, ProbeOptions, Verdict } from "./family.ts";
import { contains, maskHex, type Network, readNetwork } from "./ip-form.ts";
import { orRefanged } from "./refang.ts";

const services = ["vpn", "proxy", "tor", "cdn", "mobile", "hosting", "residential"] as const;
const shared = new Set<unknown>(["vpn", "proxy", "tor", "cdn", "mobile"]);

/** Made for each use of an indicator in turn: the last one is kept. */
let last: Network | undefined;

function networkOf(value: unknown): Network {
  if (last && last.value === value) return last;
  const read = readNetwork(String(value));
  if (!read.ok) throw new TypeError("an ip indicator that is not canonical");
  const network = read.value;
  last = network;
  return network;
}

const keyOf = (network: Network, length: number): string =>
  `i${network.family}:${length}:${maskHex(network.hex, length)}`;

/** The keys of every stored range that holds `value` (an address or a range) and has a length in use. */
export function rangeProbes(value: string, options: ProbeOptions): string[] {
  const network = networkOf(value);
  const found: string[] = [];
  const used = options.prefixes && new Set(options.prefixes);
  for (let length = network.length; length >= (network.family === 4 ? 8 : 19); length--) {
    if (!used || used.has(`${network.family}/${length}`)) found.push(keyOf(network, length));
  }
  return found;
}

/** Whether the stored ip indicator is, or holds, the address or range asked for. */
export function judgeRange(value: string, candidate: Indicator): Verdict | undefined {
  if (candidate.type !== "ip") return undefined;
  const asked = networkOf(value);
  const stored = networkOf(candidate.value);
  if (!contains(stored, asked)) return undefined;
  return { how: stored.length === asked.length ? "exact" : "in-range", context: shared.has(candidate.service) };
}

export const ip: Family = {
  types: ["ip"],
  shape: {
    value: z.string().min(2).max(64).describe("Address or CIDR, v4 or v6; host bits are cleared."),
    service: z.enum(services).optional().describe("Shared ranges give context, never a match by themselves."),
    provider: short.optional(),
    asn: z.int().min(1).max(4_294_967_295).optional(),
  },
  canonicalise(indicator) {
    const network = orRefanged(String(indicator.value), readNetwork);
    if (!network.ok) return err([{ pointer: "/value", detail: network.error }]);
    const { value, zeroed, documentation } = network.value;
    last = network.value;
    const warnings: Fault[] = [];
    if (zeroed) warnings.push({ pointer: "/value", detail: `Host bits were set; read as ${value}.` });
    if (documentation)
      warnings.push({ pointer: "/value", detail: "This range is for documentation; nobody is behind it." });
    return ok({ indicator: { ...indicator, value }, warnings });
  },
  keys(indicator) {
    const network = networkOf(indicator.value);
    return [keyOf(network, network.length)];
  },
  probes: (question, _sites, options) => rangeProbes(String(question.value), options),
  judge(question, candidate) {
    const verdict = judgeRange(String(question.value), candidate);
    return verdict && { ...verdict, context: verdict.context || shared.has(question.service) };
  },
  label({ value }) {
    const text = String(value);
    return text.replace(text.includes(":") ? /\/128$/ : /\/32$/, "");
  },
  places: () => [],
  validDays: 30,
};
