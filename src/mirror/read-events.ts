/**
 * Events of the feed as what they change in a mirror. Each document is verified offline, and derived as the exchange derives it;
 * one that does not verify changes nothing but that an earlier version of its tip, which it replaces, is gone. Kinds of event that
 * are not known change nothing.
 */
import type { FeedEvent } from "../client/feed.ts";
import { type KeySet, type Verified, verifyAccepted } from "../client/verify.ts";
import { expiryOf } from "../core/derive-tip.ts";
import type { Sites } from "../core/indicators/family.ts";
import { byOrdinal } from "../core/marks.ts";
import { err, ok, type Result } from "../core/result.ts";
import { parseTime } from "../core/time.ts";
import { headingOf, type TipDocument } from "../core/tip.ts";
import { columnsOf } from "./columns.ts";
import type { Change, StoredTip } from "./store.ts";

/** What is known of the partners, as it was fetched last; `again` fetches it anew, where that is not just done. */
export interface Known {
  keys: KeySet;
  sites: Sites;
  /** The mirror's, for keys. */
  seed: number;
  again(): Promise<boolean>;
}

/**
 * The tip is not to be kept any more. Who took it back is told when it is gone; a suspension its author is still to decide about,
 * and that it has expired is known to all. A reminder
 * (`acknowledgement_due`) changes nothing: what was deleted here is told of anyway, and of other copies a mirror knows nothing.
 */
const ends = new Map([
  ["withdrawn", true],
  ["recalled", true],
  ["suspended", false],
  ["expired", false],
]);

export async function changesOf(events: readonly FeedEvent[], known: Known): Promise<Change[]> {
  // Side by side: signatures are verified beside this thread.
  return (await Promise.all(events.map((event) => changesOfOne(event, known)))).flat();
}

async function changesOfOne(event: FeedEvent, known: Known): Promise<Change[]> {
  const { type, tip, version = 0 } = event;
  if (tip === undefined) return [];
  const acknowledge = ends.get(type);
  if (acknowledge !== undefined) return [{ what: "gone", tip, event: event.id, acknowledge }];
  const found: Change[] = [];
  const rank = seqOf(event);
  if (rank !== undefined && type !== "rescoped") found.push({ what: "told", tip, rank });
  if (event.envelope) {
    const read = await storedTip(event, known);
    if (read.ok) found.push({ what: "put", tip: read.value });
    else found.push({ what: "unverified", tip, version, reason: read.error });
  }
  return found;
}

/** Its place in the exchange's order. */
function seqOf({ id }: FeedEvent): number | undefined {
  const seq = Number(/_(\d+)$/.exec(id)?.[1]);
  return Number.isSafeInteger(seq) ? seq : undefined;
}

async function storedTip(event: FeedEvent, known: Known): Promise<Result<StoredTip, string>> {
  if (event.receipt === undefined) return err("It came without the exchange's receipt.");
  let verified = await verifyAccepted(event.envelope, known.keys, event.receipt);
  // A key may be younger than the directory that was fetched.
  if (!verified.ok && (await known.again())) verified = await verifyAccepted(event.envelope, known.keys, event.receipt);
  if (!verified.ok) return verified;
  const { document, from, accepted_at, digest } = verified.value;
  if (document.tip !== event.tip || document.version !== event.version || from !== event.from)
    return err("The document is of another tip than the event that brought it.");
  try {
    const derived = derivedTip(document, accepted_at ?? "", known);
    if (!derived.ok) return derived;
    const rank = seqOf(event) ?? 0;
    return ok({
      ...derived.value,
      ...{ tip: document.tip, version: document.version, author: from, tlp: document.tlp, digest, rank },
      through: event.through ?? "",
      // As the exchange has them at this moment: events about marks bring the document, too.
      marks: byOrdinal(event.marks),
    });
  } catch (error) {
    // Signed, but not of a tip's form: the exchange would not have taken it.
    return err(`It is signed and yet no tip: ${(error as Error).message}`);
  }
}

function derivedTip(
  document: Verified["document"],
  acceptedAt: string,
  { sites, seed }: Known,
): Result<Pick<StoredTip, "columns" | "heading" | "expires_at">, string> {
  const accepted = parseTime(acceptedAt);
  if (accepted === undefined) return err("Its receipt states no time.");
  const expires = expiryOf(document, accepted);
  const columns = columnsOf(document.indicators, sites, accepted, expires, seed);
  if (!columns.ok) return columns;
  return ok({ columns: columns.value, heading: JSON.stringify(shownOf(document)), expires_at: expires });
}

/** What a match shows of a tip: no more of it is kept. */
function shownOf(document: TipDocument): Record<string, unknown> {
  const { handling, embargo, contact, operation } = headingOf(document) as TipDocument;
  return { handling, embargo, contact, operation: { id: operation.id, name: operation.name } };
}
