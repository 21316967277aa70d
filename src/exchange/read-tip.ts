/** One tip for one who may see it: the signed bytes, what was derived, and a record that they were handed out. */
import { type Envelope, readPayload } from "../core/envelope.ts";
import { limits } from "../core/limits.ts";
import type { Problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { type Door, recordAccess, recordTips } from "../store/accesses.ts";
import { batch } from "../store/database.ts";
import { type OwnRow, selectItem, selectOwn, selectPieces } from "../store/reading.ts";
import { tipNumberOf } from "../store/tips.ts";
import { type Caller, type Exchange, receipt } from "./exchange.ts";
import { summaryShown } from "./list-feedback.ts";
import { marksIn, tipItem } from "./tip-item.ts";

export interface ReadTip {
  /** Undefined once the content was erased. */
  envelope?: Envelope;
  /** The item with `envelope`, `document`, `warnings`; for the author also its audience and state. */
  item: Record<string, unknown>;
}

/** Undefined: not there or not the caller's, which are the same work. */
export async function readTip(
  exchange: Exchange,
  caller: Caller,
  tip: string,
  door: Door = "tip",
): Promise<Result<ReadTip | undefined, Problem>> {
  const share = caller.work.allowed();
  if (share) return err(share);
  const [[row], pieces, [own]] = await batch(exchange.db, [
    selectItem(caller, tip, exchange.now),
    selectPieces(caller, tip, exchange.now),
    selectOwn(caller, tip),
    recordTips(caller, door, exchange.now, tipNumberOf(tip)),
    recordAccess(caller, door, exchange.now),
  ]);
  if (own?.erased_at) return ok({ item: await erasedItem(exchange, caller, tip, own) });
  const head = pieces[0];
  if (!row || !head) return ok(undefined);
  const envelope: Envelope = {
    protected: head.protected,
    payload: pieces.map((piece) => piece.text).join(""),
    signature: head.signature,
  };
  const { length } = envelope.payload;
  const busy = length > limits.large.answer_bytes ? await caller.work.begin(length / 2) : undefined;
  if (busy) return err(busy);
  return ok({
    envelope,
    item: {
      ...(await tipItem(exchange, row)),
      envelope,
      document: readPayload(envelope.payload),
      warnings: JSON.parse(row.warnings),
      ...(row.feedback && { feedback: summaryShown(row.feedback) }),
      ...(row.marked && { marks: marksIn(row.marked) }),
      ...(row.difference && { difference: JSON.parse(row.difference) }),
      ...(own && {
        audience: { protected: own.protected, payload: own.payload, signature: own.signature },
        audience_digest: own.audience_digest,
        revision: own.revision,
      }),
    },
  });
}

/** What is left of an erased tip, for its author: enough to prove what was accepted, and to publish a next version. */
const erasedItem = async (exchange: Exchange, caller: Caller, tip: string, own: OwnRow) => ({
  tip,
  version: own.version,
  from: caller.partner,
  state: "erased",
  erased_at: own.erased_at,
  operation: { id: own.operation },
  accepted_at: own.accepted_at,
  digest: own.digest,
  seq: own.seq,
  receipt: await receipt(exchange, { tip, ...own }),
  revision: own.revision,
  audience_digest: own.audience_digest,
});
