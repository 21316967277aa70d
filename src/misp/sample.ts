/** The signed sample tip as a feed has it. */
import { examples } from "../api/examples.ts";
import { decoded } from "../api/tips/sample.ts";
import type { TipDocument } from "../core/tip.ts";
import { manifestEntry, mispEvent } from "../formats/misp/event.ts";
import { eventUuid } from "../formats/misp/uuid.ts";
import type { SharedTip } from "../formats/shared-tip.ts";

function sampleTip(): SharedTip {
  const document = decoded(examples.tip) as unknown as TipDocument;
  const { tip, version, digest, seq, accepted_at } = examples.accepted;
  const from = { slug: "chirper", name: "Chirper", kind: "platform" } as const;
  const times = { created: accepted_at, modified: accepted_at };
  return { exchange: document.exchange, tip, version, from, ...times, document, through: "platforms", digest, seq };
}

export const sampleUuid = eventUuid(examples.accepted.tip);
export const sampleEntry = () => manifestEntry(sampleTip());

/** Of its indicators the first two: an object and an attribute. */
export function sampleEvent() {
  const tip = sampleTip();
  const shown = tip.document.indicators.slice(0, 2);
  return mispEvent(
    tip,
    shown.map((indicator, ordinal) => ({ ordinal, indicator })),
  );
}
