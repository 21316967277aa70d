/** One tip for one who may see it: the signed bytes, what was derived, and a record that they were handed out. */
import { decode } from "../core/base64url.ts";
import type { Envelope } from "../core/envelope.ts";
import { instant } from "../core/time.ts";
import { recordAccess, recordTips } from "../store/accesses.ts";
import { batch, type SQL, sql } from "../store/database.ts";
import { type ItemRow, selectItem, selectPieces } from "../store/reading.ts";
import { tipNoOf } from "../store/tips.ts";
import { held } from "../store/visibility.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { tipItem } from "./tip-item.ts";

export interface ReadTip {
  envelope: Envelope;
  /** The item with `envelope`, `document`, `warnings`; for the author also its audience and state. */
  item: Record<string, unknown>;
}

const selectOwnAudience = (caller: Caller, tip: string): SQL => sql`
  SELECT a.protected, a.payload, a.signature, a.digest FROM tip t JOIN audience a ON a.tip_no = t.tip_no AND a.revision = t.revision
  WHERE t.tip = ${tip} AND t.author = ${caller.partner}`;

/** Undefined: not there or not the caller's, which are the same work. */
export async function readTip(exchange: Exchange, caller: Caller, tip: string): Promise<ReadTip | undefined> {
  const [, , items, pieces, audiences] = await batch(exchange.db, [
    recordAccess(caller, "tip", exchange.now),
    recordTips(caller, "tip", exchange.now, held(caller.partner), sql`SELECT ${tipNoOf(tip)} AS tip_no`),
    selectItem(caller, tip, exchange.now),
    selectPieces(caller, tip, exchange.now),
    selectOwnAudience(caller, tip),
  ]);
  const row = items?.[0] as unknown as
    | (ItemRow & { withdrawn_at: string | null; suspended_at: string | null; revision: number })
    | undefined;
  const head = pieces?.[0] as unknown as { protected: string; signature: string } | undefined;
  if (!row || !head) return undefined;
  const envelope: Envelope = {
    protected: head.protected,
    payload: pieces!.map((piece) => piece.text as string).join(""),
    signature: head.signature,
  };
  const item = await tipItem(exchange, row);
  const audience = audiences?.[0] as unknown as (Envelope & { digest: string }) | undefined;
  return {
    envelope,
    item: {
      ...item,
      envelope,
      document: JSON.parse(new TextDecoder().decode(decode(envelope.payload))),
      warnings: JSON.parse(row.warnings),
      ...(row.author === caller.partner && audience
        ? {
            audience: { protected: audience.protected, payload: audience.payload, signature: audience.signature },
            audience_digest: audience.digest,
            revision: row.revision,
            state: stateOf(row, instant(exchange.now)),
          }
        : {}),
    },
  };
}

const stateOf = (
  row: { withdrawn_at: string | null; suspended_at: string | null; expires_at: string },
  now: string,
): string =>
  row.withdrawn_at ? "withdrawn" : row.suspended_at ? "suspended" : row.expires_at <= now ? "expired" : "live";
