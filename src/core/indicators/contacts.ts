/**
 * E-mail addresses and telephone numbers, stored under the SHA-256 of their canonical form; a tip may hold that `digest`
 * alone. A digest is a pseudonym, not anonymity: whoever guesses the address can check it.
 */
import * as z from "zod";
import { err, ok, type Result } from "../result.ts";
import { digestOf } from "./digest.ts";
import type { Family } from "./family.ts";
import { orDigest, plainValue } from "./or-digest.ts";
import { orRefanged } from "./refang.ts";
import { isPlainHost, readDomain } from "./url-form.ts";

/** Lower case, the domain in A-labels. */
function readEmail(text: string): Result<string, string> {
  const lower = text.trim().normalize("NFKC").toLowerCase().normalize("NFKC");
  const at = lower.lastIndexOf("@");
  const local = lower.slice(0, at);
  if (at < 1 || local.length > 64 || /[\s@<>()[\],;:\\"]/.test(local) || local.startsWith(".") || local.endsWith("."))
    return err("This is not an e-mail address.");
  const domain = readDomain(lower.slice(at + 1));
  return domain.ok ? ok(`${local}@${domain.value}`) : err(domain.error);
}

/** Where it is an address: in canonical form, and plainly so. */
const isPlainEmail = (text: string): boolean => {
  const at = text.indexOf("@");
  return /^[a-z0-9._+-]+$/.test(text.slice(0, at)) && isPlainHost(text.slice(at + 1));
};

const isPhone = (text: string): boolean => /^\+[1-9]\d{6,14}$/.test(text);

/** E.164; the number must state its country, by + or 00. */
function readPhone(text: string): Result<string, string> {
  const plain = text
    .trim()
    .replace(/[\s().\-\u2010-\u2015/]/g, "")
    .replace(/^00/, "+");
  return isPhone(plain) ? ok(plain) : err("Write the number with its country: +, then 7 to 15 digits.");
}

const shape = {
  value: z.string().min(3).max(320).optional(),
  digest: z
    .string()
    .min(43)
    .max(64)
    .optional()
    .describe("SHA-256 of the canonical value, instead of it: pseudonymous, not anonymous."),
};
const digest = ({ value, digest: stated }: Record<string, unknown>): string =>
  value === undefined ? String(stated) : digestOf(String(value));

export const contacts: Family = {
  types: ["email", "phone"],
  shape,
  canonicalise: (indicator) =>
    orDigest(indicator, indicator.type === "email" ? (text) => orRefanged(text, readEmail) : readPhone),
  plainForm: (indicator) => plainValue(indicator, indicator.type === "email" ? isPlainEmail : isPhone),
  keys: (indicator) => [`${indicator.type === "email" ? "e" : "p"}:${digest(indicator)}`],
  probes(question) {
    return this.keys(question);
  },
  judge(question, candidate) {
    return question.type === candidate.type && digest(question) === digest(candidate)
      ? { how: "exact", context: false }
      : undefined;
  },
  label: ({ value, digest: stated }) => String(value ?? `sha256:${stated}`),
  places({ type, value }, sites) {
    const place =
      type === "email" && typeof value === "string"
        ? sites.platformOf(value.slice(value.lastIndexOf("@") + 1))
        : undefined;
    return place === undefined ? [] : [place];
  },
  validDays: 180,
};
