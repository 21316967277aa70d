/** Indicators that state a value, or only the SHA-256 of its canonical form. With both, they must agree and the value is kept. */
import { err, ok, type Result } from "../result.ts";
import { digestOf, readDigest } from "./digest.ts";
import type { Fault, Indicator, Parsed } from "./family.ts";

/** Of one that states a plain value and no digest: the members in the order in which `orDigest` leaves them. */
export function plainValue(indicator: Indicator, isPlain: (text: string) => boolean): Indicator | undefined {
  const { value, digest, ...rest } = indicator;
  return digest === undefined && typeof value === "string" && isPlain(value) ? { ...rest, value } : undefined;
}

export function orDigest(
  indicator: Indicator,
  read: (text: string) => Result<string, string>,
): Result<Parsed, Fault[]> {
  const { value, digest, ...rest } = indicator;
  if (value === undefined && digest === undefined)
    return err([{ pointer: "", detail: "State a value or its digest." }]);
  const stated = digest === undefined ? undefined : readDigest(String(digest));
  if (digest !== undefined && stated === undefined)
    return err([{ pointer: "/digest", detail: "A digest is a SHA-256 in hex or base64url." }]);
  if (value === undefined) return ok({ indicator: { ...rest, digest: stated }, warnings: [] });
  const canonical = read(String(value));
  if (!canonical.ok) return err([{ pointer: "/value", detail: canonical.error }]);
  if (stated !== undefined && stated !== digestOf(canonical.value)) {
    return err([{ pointer: "/digest", detail: "The digest is not that of the value's canonical form." }]);
  }
  return ok({ indicator: { ...rest, value: canonical.value }, warnings: [] });
}
