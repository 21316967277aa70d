/** The audience document: who a tip is `to`, signed apart from it and seen by the exchange alone. */
import * as z from "zod";
import { limits } from "./limits.ts";
import { digest, readToken, slug, time, uuid } from "./names.ts";
import type { Fault } from "./problem.ts";

const exchange = z.string().max(256).describe("The exchange's identity, its issuer URL.");

export const audienceSchema = z
  .strictObject({
    exchange,
    from: slug.describe("The author."),
    tip: uuid,
    version: z.int().min(1).describe("The tip's version."),
    revision: z.int().min(1).describe("Counts up over the tip's life, from 1."),
    previous: digest.nullable().describe("Digest of the audience before; null for the first."),
    salt: z
      .string()
      .regex(/^[A-Za-z0-9_-]{22}$/, "Use 16 random bytes in base64url.")
      .describe("16 random bytes."),
    to: z
      .array(z.string().max(120))
      .max(limits.recipients)
      .describe(
        "partner:<slug>, group:<slug>, group:<slug>+law-enforcement, platforms, research, law-enforcement, law-enforcement:<country>, everyone; which ones depends on the tip's TLP.",
      ),
    except: z.array(slug).max(limits.recipients).default([]).describe("Partners who do not get it all the same."),
  })
  .meta({ id: "Audience", description: "Who a tip is to: the payload of an audience." });
export type Audience = z.infer<typeof audienceSchema>;

export const withdrawalReasons = ["mistake", "outdated", "legal", "duplicate", "key-compromised", "other"] as const;

export const withdrawalSchema = z
  .strictObject({
    exchange,
    from: slug.describe("The author."),
    tip: uuid,
    version: z.int().min(1).describe("The current version."),
    digest: digest.describe("Digest of that version's tip document."),
    issued_at: time.optional(),
    reason: z.enum(withdrawalReasons).describe("Told to everyone the withdrawal is told to."),
    note: z.string().max(2_000).optional(),
  })
  .meta({ id: "Withdrawal", description: "The author's last word on a tip: the payload of a withdrawal." });

export const tlps = ["red", "amber+strict", "amber", "green", "clear"] as const;
export type Tlp = (typeof tlps)[number];

/** Faults of an audience by itself and against its tip's TLP (where it has one), handling and embargo (DESIGN.md's table). Not: whether a recipient exists. */
export function audienceFaults(
  audience: Pick<Audience, "to" | "except">,
  tip: { tlp?: Tlp; handling: readonly string[]; embargoed: boolean },
): Fault[] {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const [index, text] of audience.to.entries()) {
    const fault = (detail: string) => void faults.push({ pointer: `/to/${index}`, detail });
    const token = readToken(text);
    if (!token) {
      fault("Not a token of an audience: name partner:, group:, platforms, research, law-enforcement or everyone.");
      continue;
    }
    if (seen.has(text)) fault("This recipient stands twice.");
    seen.add(text);
    if (token.form === "kind" && token.kind === "public") fault("No door serves readers without an account yet.");
    if (tip.tlp === "red" && token.form !== "partner") fault("TLP red goes to named partners only.");
    if (tip.tlp === "amber+strict" && token.form !== "partner" && token.form !== "group") {
      fault("TLP amber+strict goes to named partners and groups only.");
    }
    if (token.form === "kind" && token.kind === "everyone") {
      if (tip.tlp === "amber") fault("everyone needs TLP green or clear.");
      if (tip.embargoed) fault("An embargoed tip cannot go to everyone.");
    }
    if (tip.handling.includes("no-law-enforcement") && reachesLawEnforcement(text)) {
      fault("The tip's handling says no-law-enforcement.");
    }
    if (token.form === "partner" && audience.except.includes(token.partner))
      fault("This partner is both addressed and excepted.");
  }
  if (new Set(audience.except).size < audience.except.length)
    faults.push({ pointer: "/except", detail: "A partner stands twice." });
  return faults;
}

const reachesLawEnforcement = (text: string): boolean => {
  const token = readToken(text);
  return (
    (token?.form === "group" && token.law_enforcement) ||
    token?.form === "country" ||
    (token?.form === "kind" && token.kind === "law-enforcement")
  );
};
