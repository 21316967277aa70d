/** What the doors for held tips answer with: their author is told of them, the steward how much there is. */
import * as z from "zod";
import { time, uuid } from "../../core/names.ts";
import { compact, documentDigest } from "./envelope.ts";
import { fault } from "./problem.ts";

const state = z
  .enum(["held", "failed", "refused"])
  .describe("`failed`: it was let go, and refused as any submission might be; `refused`: its documents are gone.");
const reason = z
  .enum(["flood", "disputed", "always"])
  .describe("Far more than before; too much of it is disputed; the steward holds all of this partner's.");

export const held = z
  .strictObject({
    held: z.literal(true),
    tip: uuid,
    version: z.int().min(1),
    digest: documentDigest,
    held_at: time,
    state,
    reason,
    receipt: compact.describe(
      "Compact JWS (`held+jws`) by the exchange over { iss, tip, version, digest, held_at, held: true }; there is no `seq`.",
    ),
    problem: z
      .strictObject({ slug: z.string(), detail: z.string(), faults: z.array(fault).optional() })
      .optional()
      .describe("Why it could not be released."),
  })
  .meta({ id: "HeldTip", description: "Your tip that is held: nobody else learns of it." });

export const heldCounts = z
  .strictObject({
    digest: documentDigest,
    state,
    reason,
    held_at: time,
    indicators: z.record(z.string(), z.int()).describe("How many of each type."),
    bytes: z.int(),
    recipients: z.int().describe("To how many tokens it is to go."),
    problem: z.string().optional().describe("Which problem its release met."),
  })
  .meta({ id: "HeldCounts", description: "What the steward sees of a held tip." });

export const settled = z
  .strictObject({
    digest: documentDigest,
    state: z.enum(["released", "failed", "refused"]),
    problem: z.string().optional().describe("Which one it met: its author is told the rest."),
  })
  .meta({ id: "SettledTip" });
