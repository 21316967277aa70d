/** Why a law-enforcement partner reads (RFC 9396 `authorization_details`); it becomes a row that accesses refer to. */
import * as z from "zod";
import { sentenceOf } from "./issues.ts";
import { limits } from "./limits.ts";
import { short, time } from "./names.ts";
import type { Fault } from "./problem.ts";
import { err, ok, type Result } from "./result.ts";
import { dayMs, instant, parseTime } from "./time.ts";

const basis = z
  .string()
  .regex(
    /^(court-order|statutory-request|consent|emergency|voluntary-disclosure|x-[a-z0-9-]{1,40})$/,
    "Use court-order, statutory-request, consent, emergency, voluntary-disclosure, or x- and a name.",
  );

export const purposeSchema = z
  .strictObject({
    type: z.literal("tipoff_purpose"),
    legal_basis: basis,
    case: short.describe("Case reference; the author of a tip does not see it."),
    unit: short,
    until: time.describe("A year ahead at most. The token does not outlive it."),
    non_disclosure: z
      .strictObject({ basis: short, until: time.describe(`${limits.non_disclosure_days} days ahead at most.`) })
      .optional()
      .describe("Why and until when the author is not told of the reading."),
  })
  .meta({ id: "Purpose", description: "Why a law-enforcement partner reads (RFC 9396)." });
export type Purpose = z.infer<typeof purposeSchema>;

/** The one purpose of a token request. */
export function readPurpose(details: string, now: number): Result<Purpose, Fault[]> {
  let value: unknown;
  try {
    value = JSON.parse(details);
  } catch {
    return err([{ pointer: "", detail: "authorization_details is not JSON." }]);
  }
  const parsed = z.array(purposeSchema).length(1).safeParse(value);
  if (!parsed.success)
    return err(
      parsed.error.issues.map((issue) => ({ pointer: `/${issue.path.join("/")}`, detail: sentenceOf(issue) })),
    );
  const purpose = parsed.data[0]!;
  const faults = judgePurpose(purpose, now, "/0");
  return faults.length > 0 ? err(faults) : ok(purpose);
}

/** It runs until `until`, a year ahead at most; a non-disclosure 180 days at most. `at`: where it stands in what was sent. */
export function judgePurpose(purpose: Purpose, now: number, at = ""): Fault[] {
  const until = parseTime(purpose.until)!;
  const faults: Fault[] = [];
  if (until <= now) faults.push({ pointer: `${at}/until`, detail: "The purpose has ended." });
  if (until > now + 366 * dayMs) faults.push({ pointer: `${at}/until`, detail: "A purpose runs for a year at most." });
  if (purpose.non_disclosure) {
    const silent = parseTime(purpose.non_disclosure.until)!;
    if (silent > now + limits.non_disclosure_days * dayMs) {
      faults.push({
        pointer: `${at}/non_disclosure/until`,
        detail: `A non-disclosure lasts ${limits.non_disclosure_days} days at most.`,
      });
    }
  }
  return faults;
}

const respelled = (time: string): string => instant(parseTime(time)!);

/** The same purpose with its times as the tables keep them, however they were spelled: what makes it the same one again. */
export const normalPurpose = ({ non_disclosure, ...purpose }: Purpose): Purpose => ({
  ...purpose,
  until: respelled(purpose.until),
  ...(non_disclosure && { non_disclosure: { ...non_disclosure, until: respelled(non_disclosure.until) } }),
});
