/**
 * Events of the feed as what they change in a mirror. A document that does not verify changes nothing but that an earlier version of
 * its tip, which it replaces, is gone. Kinds of event that are not known change nothing.
 */
import type { FeedEvent } from "../client/feed.ts";
import type { Change } from "./store.ts";
import { seqOf, type Taken } from "./take-in.ts";

/** What is known of the partners, as it was fetched last; `again` fetches it anew, where that is not just done. */
export interface Known {
  takeIn(events: readonly FeedEvent[]): Promise<Taken[]>;
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
  const taken = await takenOf(events.filter(bringsDocument), known);
  return events.flatMap((event) => changesOfOne(event, taken.get(event)));
}

/** Of a tip, and not the news that it has ended. */
const bringsDocument = ({ type, tip, envelope }: FeedEvent): boolean =>
  tip !== undefined && envelope !== undefined && !ends.has(type);

async function takenOf(events: readonly FeedEvent[], known: Known): Promise<Map<FeedEvent, Taken>> {
  const found = new Map<FeedEvent, Taken>();
  const take = async (some: readonly FeedEvent[]) => {
    if (some.length === 0) return;
    for (const [at, taken] of (await known.takeIn(some)).entries()) found.set(some[at]!, taken);
  };
  await take(events);
  const refused = events.filter((event) => !found.get(event)!.ok);
  // A key may be younger than the directory that was fetched.
  if (refused.length > 0 && (await known.again())) await take(refused);
  return found;
}

function changesOfOne(event: FeedEvent, taken: Taken | undefined): Change[] {
  const { type, tip, version = 0 } = event;
  if (tip === undefined) return [];
  const acknowledge = ends.get(type);
  if (acknowledge !== undefined) return [{ what: "gone", tip, event: event.id, acknowledge }];
  const found: Change[] = [];
  const rank = seqOf(event);
  if (rank !== undefined && type !== "rescoped") found.push({ what: "told", tip, rank });
  if (taken?.ok) found.push({ what: "put", tip: taken.value });
  else if (taken) found.push({ what: "unverified", tip, version, reason: taken.error });
  return found;
}
