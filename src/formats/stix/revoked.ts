/**
 * What takes the place of a tip that its reader may not see any more: the same ids, a later version, `revoked`, and nothing
 * of what was said (STIX 2.1, section 3.6: an object that is revoked has no further versions).
 */

import type { SharedTip } from "../shared-tip.ts";
import type { StixObject } from "./extension.ts";
import { idOf } from "./ids.ts";
import { patternOf } from "./pattern.ts";

type Past = Pick<SharedTip, "tip" | "created" | "modified" | "exchange">;

const frame = ({ created, modified }: Past) => ({ created, modified, revoked: true });

/**
 * A pattern is required, and meets nothing. It says the object's own id and no more: a widespread tool takes indicators of one
 * pattern, and campaigns of one name, for one object, and would merge all that was ever taken back.
 */
export function revoked(tip: Past, ordinal: number): StixObject {
  const id = idOf("indicator", tip.tip, ordinal);
  return {
    type: "indicator",
    spec_version: "2.1",
    id,
    ...frame(tip),
    pattern: patternOf([["x-tipoff-revoked:value", id]]),
    pattern_type: "stix",
    pattern_version: "2.1",
    valid_from: tip.created,
  };
}

export function revokedCampaign(tip: Past): StixObject {
  const id = idOf("campaign", tip.tip, 0);
  return { type: "campaign", spec_version: "2.1", id, ...frame(tip), name: `revoked ${id}` };
}
