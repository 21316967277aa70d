/** The held tip of the examples, and its path. */
import { digest, slug } from "../../core/names.ts";
import { examples } from "../examples.ts";

export const heldPath = { digest };
export const partnersHeldPath = { slug, digest };

export const sampleHeld = {
  held: true,
  tip: examples.accepted.tip,
  version: examples.accepted.version,
  digest: examples.accepted.digest,
  held_at: "2026-11-23T13:40:02.117Z",
  state: "held",
  reason: "flood",
  receipt: examples.accepted.receipt,
};

export const sampleCounts = {
  digest: examples.accepted.digest,
  state: "held",
  reason: "flood",
  held_at: sampleHeld.held_at,
  indicators: { account: 1, domain: 1, hash: 1, ip: 1 },
  bytes: 3_912,
  recipients: 2,
};
