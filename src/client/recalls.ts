/** What a tip's author sees of a taking back, and what a new version changed. */
import type { Indicator } from "../core/indicators/family.ts";
import type { Kind } from "../core/names.ts";
import type { Outcome } from "./acknowledge.ts";
import type { Connection } from "./connect.ts";
import { rowsOf } from "./pages.ts";
import { queryOf } from "./send.ts";

/** One's own tip was taken back from that partner (`/openapi.json`, schema `Recalled`). */
export interface Recalled {
  partner: string;
  kind: Kind;
  /** Of law enforcement. */
  country?: string;
  /** The newest event that took it back from it, and when that was. */
  event: string;
  since: string;
  outcome?: Outcome;
  acknowledged_at?: string;
  /** Three days have passed without a word. */
  late: boolean;
}

export interface Recalls {
  /** Of those listed: who had it, said what became of its copy, keeps it under law, is late. */
  counts: { had: number; acknowledged: number; kept: number; late: number };
  acknowledgements: Recalled[];
}

/**
 * Who had one's own tip when it was withdrawn, or recalled from them, and who has said what became of the copy. Whoever was
 * handed it only as the answer to a question is not listed. Throws ExchangeProblem 404 where the tip is not there or another's.
 *
 * @example
 * ```js
 * const { counts, acknowledgements } = await readAcknowledgements(exchange, id);
 * for (const { partner, late } of acknowledgements) if (late) console.log(`${partner} has not said what became of its copy`);
 * ```
 */
export async function readAcknowledgements(connection: Connection, tip: string): Promise<Recalls> {
  const acknowledgements: Recalled[] = [];
  for (let after = ""; ; ) {
    const page = await connection.call<Recalls & { next: string | null; more: boolean }>(
      "GET",
      `/v1/tips/${tip}/acknowledgements?${queryOf({ after })}`,
    );
    acknowledgements.push(...page.acknowledgements);
    if (!page.more || !page.next) return { counts: page.counts, acknowledgements };
    after = page.next;
  }
}

/** What a version changed, by one indicator (schema `Change`); places are those in the documents' `indicators`. */
export interface Change {
  change: "changed" | "added" | "removed";
  ordinal?: number;
  /** In canonical form; absent where it is past its validity. */
  indicator?: Indicator;
  /** In the version before: the indicator for its author, and who was handed it, for seven days. */
  before?: { ordinal: number; indicator?: Indicator };
}

/**
 * What a tip's current version changed of the one before, page by page as it is wanted; nothing of a first version. Throws
 * ExchangeProblem 404 where the tip is not there or not yours, 409 where a newer version comes meanwhile.
 *
 * @example
 * ```js
 * for await (const { change, indicator, before } of listChanges(exchange, id)) console.log(change, indicator ?? before);
 * ```
 */
export const listChanges = (connection: Connection, tip: string): AsyncGenerator<Change, void, undefined> =>
  rowsOf(connection, `/v1/tips/${tip}/difference`, "changes");
