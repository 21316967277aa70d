/**
 * What takes the place of a tip that its reader may not see any more: the same ids, a later version, `revoked`, and nothing
 * of what was said (STIX 2.1, section 3.6: an object that is revoked has no further versions).
 */
import { idOf } from "./ids.ts";
import { patternOf } from "./pattern.ts";
import type { SharedTip, StixObject } from "./shared-tip.ts";

type Past = Pick<SharedTip, "tip" | "created" | "modified" | "exchange">;

const frame = ({ created, modified }: Past) => ({ created, modified, revoked: true });

export const revoked = (tip: Past, ordinal: number): StixObject => ({
  type: "indicator",
  spec_version: "2.1",
  id: idOf("indicator", tip.tip, ordinal),
  ...frame(tip),
  // A pattern is required; this one is the same for all and meets nothing.
  pattern: patternOf([["x-tipoff-revoked:value", "revoked"]]),
  pattern_type: "stix",
  pattern_version: "2.1",
  valid_from: tip.created,
});

export const revokedCampaign = (tip: Past): StixObject => ({
  type: "campaign",
  spec_version: "2.1",
  id: idOf("campaign", tip.tip, 0),
  ...frame(tip),
  name: "revoked",
});
