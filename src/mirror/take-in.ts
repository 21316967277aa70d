/**
 * A document as a mirror takes it in: verified offline, and derived as the exchange derives it. Runs on any thread: what goes in and
 * what comes out are plain values.
 */
import { type Partner, sitesOf } from "../client/directory.ts";
import type { FeedEvent } from "../client/feed.ts";
import { type KeySet, type Verified, verifyAccepted } from "../client/verify.ts";
import { expiryOf } from "../core/derive-tip.ts";
import type { Sites } from "../core/indicators/family.ts";
import { byOrdinal } from "../core/marks.ts";
import { err, ok, type Result } from "../core/result.ts";
import { parseTime } from "../core/time.ts";
import { headingOf, type TipDocument } from "../core/tip.ts";
import { columnsOf } from "./columns.ts";
import type { StoredTip } from "./store.ts";

/** The partners and their keys, as JSON, and what this mirror's keys are hashed with. */
export interface Source {
  directory: string;
  seed: number;
}

/** The tip, or the sentence that says why it is not stored. */
export type Taken = Result<StoredTip, string>;

export const directoryOf = (partners: readonly Partner[], keys: KeySet): string => JSON.stringify({ partners, keys });

interface Known {
  directory: string;
  keys: KeySet;
  sites: Sites;
}
/** Keys are imported once as long as the directory says the same. */
let last: Known | undefined;

function knownOf(directory: string): Known {
  if (last?.directory === directory) return last;
  const { partners, keys } = JSON.parse(directory) as { partners: Partner[]; keys: KeySet };
  last = { directory, keys, sites: sitesOf(partners) };
  return last;
}

/** Of events that bring documents, in their order. */
export function takeIn(events: readonly FeedEvent[], { directory, seed }: Source): Promise<Taken[]> {
  const known = knownOf(directory);
  // Side by side: signatures are verified beside this thread.
  return Promise.all(events.map((event) => takeInOne(event, known, seed)));
}

async function takeInOne(event: FeedEvent, { keys, sites }: Known, seed: number): Promise<Taken> {
  if (event.receipt === undefined) return err("It came without the exchange's receipt.");
  const verified = await verifyAccepted(event.envelope, keys, event.receipt);
  if (!verified.ok) return verified;
  const { document, from, accepted_at = "", digest } = verified.value;
  if (document.tip !== event.tip || document.version !== event.version || from !== event.from)
    return err("The document is of another tip than the event that brought it.");
  try {
    const derived = derivedTip(document, accepted_at, sites, seed);
    if (!derived.ok) return derived;
    return ok({
      ...derived.value,
      ...{ tip: document.tip, version: document.version, author: from, tlp: document.tlp, digest },
      rank: seqOf(event) ?? 0,
      through: event.through ?? "",
      // As the exchange has them at this moment: events about marks bring the document, too.
      marks: byOrdinal(event.marks),
    });
  } catch (error) {
    // Signed, but not of a tip's form: the exchange would not have taken it.
    return err(`It is signed and yet no tip: ${(error as Error).message}`);
  }
}

/** An event's place in the exchange's order. */
export function seqOf({ id }: FeedEvent): number | undefined {
  const seq = Number(/_(\d+)$/.exec(id)?.[1]);
  return Number.isSafeInteger(seq) ? seq : undefined;
}

function derivedTip(
  document: Verified["document"],
  acceptedAt: string,
  sites: Sites,
  seed: number,
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
