/**
 * File hashes, and PDQ image hashes. PDQ's 256 bits lie in sixteen bands of 16; two hashes at most 31 bits apart agree in
 * some band up to one bit (were every band two apart, they would be 32), so each band and its one-bit neighbours find all.
 */
import * as z from "zod";
import { short } from "../names.ts";
import { err, ok } from "../result.ts";
import type { Family, Fault } from "./family.ts";

const digits = { md5: 32, sha1: 40, sha256: 64, pdq: 64 } as const;
export type HashAlgorithm = keyof typeof digits;
const prefixes = { md5: "m5", sha1: "s1", sha256: "s2" } as const;

/** PDQ's published threshold: at most this many of 256 bits apart is the same picture. */
const pdqDistance = 31;

function bitsOf(number: number): number {
  let rest = number - ((number >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return (((rest + (rest >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** Bits in which two hashes of 64 hex digits differ; beyond `most` it may stop counting. */
function distanceOf(a: string, b: string, most = 256): number {
  let distance = 0;
  for (let at = 0; at < 64 && distance <= most; at += 8) {
    distance += bitsOf(Number.parseInt(a.slice(at, at + 8), 16) ^ Number.parseInt(b.slice(at, at + 8), 16));
  }
  return distance;
}

const bandsOf = (value: string): string[] =>
  Array.from({ length: 16 }, (_, band) => value.slice(band * 4, band * 4 + 4));

export const hashes: Family = {
  types: ["hash"],
  shape: {
    algorithm: z.enum(["md5", "sha1", "sha256", "pdq"]),
    of: short.optional(),
    value: z.string().min(32).max(64).describe("Hex digits."),
    filename: short.optional(),
  },
  canonicalise(indicator) {
    const algorithm = indicator.algorithm as HashAlgorithm;
    const value = String(indicator.value).trim().toLowerCase();
    if (value.length !== digits[algorithm] || !/^[0-9a-f]+$/.test(value)) {
      return err([{ pointer: "/value", detail: `A hash by ${algorithm} is ${digits[algorithm]} hex digits.` }]);
    }
    const warnings: Fault[] = [];
    if (algorithm === "pdq") {
      const set = distanceOf(value, "0".repeat(64));
      // PDQ cuts at the median, so half of the bits are set unless the picture is nearly flat.
      if (set < 64 || set > 192)
        warnings.push({
          pointer: "/value",
          detail: "The picture has hardly any features; its hash is like many others.",
        });
    }
    return ok({ indicator: { ...indicator, value }, warnings });
  },
  plainForm: (indicator) =>
    typeof indicator.value === "string" && /^[0-9a-f]+$/.test(indicator.value) ? indicator : undefined,
  keys({ algorithm, value }) {
    if (algorithm !== "pdq") return [`${prefixes[algorithm as keyof typeof prefixes]}:${value}`];
    return bandsOf(String(value)).map((bits, band) => `q${band}:${bits}`);
  },
  probes(question) {
    if (question.algorithm !== "pdq") return this.keys(question);
    // One picture makes 272, all different: written as a loop, since most probes of most questions are made here.
    const probes: string[] = [];
    for (const [band, bits] of bandsOf(String(question.value)).entries()) {
      probes.push(`q${band}:${bits}`);
      const number = Number.parseInt(bits, 16);
      for (let bit = 0; bit < 16; bit++) {
        probes.push(`q${band}:${(number ^ (1 << bit)).toString(16).padStart(4, "0")}`);
      }
    }
    return probes;
  },
  judge(question, candidate) {
    if (candidate.type !== "hash" || candidate.algorithm !== question.algorithm) return undefined;
    if (candidate.value === question.value)
      return { how: "exact", context: false, ...(question.algorithm === "pdq" && { distance: 0 }) };
    if (question.algorithm !== "pdq") return undefined;
    const distance = distanceOf(String(question.value), String(candidate.value), pdqDistance);
    return distance <= pdqDistance ? { how: "similar", distance, context: false } : undefined;
  },
  label: ({ algorithm, value }) => `${algorithm}:${value}`,
  places: () => [],
  validDays: 730,
};
