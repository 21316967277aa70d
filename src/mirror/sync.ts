/**
 * Brings a mirror to the exchange's view: the feed after the kept cursor, with documents. Guarantees: a page and its cursor are
 * kept together or not at all, so whatever ends it, the next sync loses nothing; the next page is under way while one is worked
 * on; a deletion is told to the exchange after it is on disk, and as often as it takes; where the exchange was restored, the
 * mirror is read anew beside the copy that answers, and takes its place when it is whole.
 */
import { acknowledge } from "../client/acknowledge.ts";
import type { Connection } from "../client/connect.ts";
import { keySetWith, listPartners } from "../client/directory.ts";
import { type FeedEvent, feed } from "../client/feed.ts";
import { nextPage, type Page, passes } from "../client/feed-page.ts";
import { ExchangeProblem, type Unreachable } from "../client/problem.ts";
import { limits } from "../core/limits.ts";
import { instant } from "../core/time.ts";
import { takeInBeside } from "./beside.ts";
import { MirrorError } from "./mirror-error.ts";
import { changesOf, type Known } from "./read-events.ts";
import type { Change, Store } from "./store.ts";
import type { Held } from "./store-lookups.ts";
import type { Progress, Synced, SyncOptions } from "./sync-options.ts";
import { directoryOf } from "./take-in.ts";

/** The directory is not fetched again for one more document that does not verify. */
const directoryAge = 5_000;
/** Between two looks at what has ended, while following. */
const tidyEvery = 60_000;
const acknowledgementsAtOnce = 100;

export async function sync(
  store: Store,
  connection: Connection,
  options: SyncOptions,
  now: () => number,
): Promise<Synced> {
  return new Syncing(store, connection, options, now).run();
}

class Syncing {
  readonly #store: Store;
  readonly #connection: Connection;
  readonly #options: SyncOptions;
  readonly #now: () => number;
  readonly #done: Omit<Synced, keyof Held> & Progress = {
    ...{ events: 0, tips: 0, indicators: 0, deleted: 0, acknowledged: 0, rebuilt: false },
  };
  #known!: Known;
  /** Something was deleted that may still be in the file. */
  #unforgotten = true;
  /** While following, when the file was written anew last. */
  #forgot: number | undefined;

  constructor(store: Store, connection: Connection, options: SyncOptions, now: () => number) {
    this.#store = store;
    this.#connection = connection.within({ signal: options.signal });
    this.#options = options;
    this.#now = now;
  }

  async run(): Promise<Synced> {
    this.#claim();
    try {
      if (this.#options.from_start) this.#begin();
      // It is on its way while the directory is fetched.
      const first = this.#page(this.#store.place().cursor);
      this.#known = await this.#directory();
      // What an earlier sync did not come to tell is told at the feed's end: a tip may have come back since.
      this.#deleteEnded();
      await this.#readPages(first);
      if (this.#options.follow) {
        this.#options.current?.(this.#store.held());
        await this.#follow();
      }
    } catch (error) {
      if (!this.#options.signal?.aborted) throw error;
    }
    // What was deleted in the last minute of following does not lie in the file until somebody syncs again; that sync tells of it.
    if (this.#forgot !== undefined && this.#unforgotten) this.#store.forget();
    const { tips: _tips, indicators: _indicators, ...done } = this.#done;
    return { ...done, ...this.#store.held() };
  }

  /** One mirror is one partner's at one exchange: another's would see what is not its. */
  #claim(): void {
    const { exchange, partner } = this.#connection.profile;
    const mine = JSON.stringify({ exchange, partner });
    const kept = this.#store.setting("partner");
    if (kept === undefined) this.#store.keep("partner", mine);
    else if (kept !== mine) {
      const whose = JSON.parse(kept) as { exchange: string; partner: string };
      throw new MirrorError(
        "other-partner",
        `This mirror is ${whose.partner}'s at ${whose.exchange}, and you are ${partner} at ${exchange}: use a folder of its own.`,
      );
    }
  }

  async #directory(): Promise<Known> {
    const fetched = this.#now();
    const partners = await listPartners(this.#connection);
    const keys = await keySetWith(this.#connection, partners);
    this.#store.keepDirectory(partners, keys);
    const source = { directory: directoryOf(partners, keys), seed: this.#store.seed() };
    let fetching: Promise<Known> | undefined;
    const known: Known = {
      takeIn: (events) => takeInBeside(events, source),
      again: async () => {
        if (this.#now() - fetched < directoryAge) return false;
        // Whoever asks meanwhile waits for the same.
        fetching ??= this.#directory();
        this.#known = await fetching;
        known.takeIn = this.#known.takeIn;
        return true;
      },
    };
    return known;
  }

  /** Up to the feed's end. */
  async #readPages(first?: Promise<Page>): Promise<void> {
    let place = this.#store.place();
    let page = first ?? this.#page(place.cursor);
    let inHand: { read: Page; changes: Promise<Change[]> } | undefined;
    const keep = async () => {
      if (!inHand) return;
      const { read, changes } = inHand;
      inHand = undefined;
      const found = await changes;
      place = { ...place, cursor: read.next };
      this.#apply(place, found, read.events.length);
    };
    for (;;) {
      let read: Page;
      try {
        read = await page;
      } catch (error) {
        await keep();
        if (!isOld(error) || place.cursor === "") throw error;
        place = this.#begin();
        page = this.#page("");
        continue;
      }
      if (read.more) page = this.#page(read.next);
      const changes = changesOf(read.events, this.#known);
      changes.catch(() => {});
      // While this page is taken in, the one before is written: three are in memory at most, with the one that is fetched.
      await keep();
      inHand = { read, changes };
      if (read.more) continue;
      await keep();
      if (!place.whole) this.#finish(place);
      this.#store.keep("synced_at", instant(this.#now()));
      return this.#tell();
    }
  }

  #page(after: string): Promise<Page> {
    const { follow, trouble, page: most = limits.page } = this.#options;
    const tell = (error: ExchangeProblem | Unreachable) => trouble?.(goesOn(error));
    const options = { documents: true, page: most, trouble: tell, ...(follow && { follow: true as const }) };
    const page = nextPage(this.#connection, after, options);
    // It may fail while the page before is worked on; whoever waits for it hears of that.
    page.catch(() => {});
    return page;
  }

  #begin() {
    this.#done.rebuilt = true;
    return this.#store.begin();
  }

  #finish(place: { generation: number; cursor: string }): void {
    this.#store.finish({ generation: place.generation, cursor: place.cursor });
    this.#unforgotten = true;
  }

  /** As it happens, an event at a time. */
  async #follow(): Promise<void> {
    this.#forgot = 0;
    const tidying = setInterval(
      () => void this.#tidy().catch((error: Error) => this.#options.trouble?.(error.message)),
      tidyEvery,
    );
    try {
      for (;;) {
        try {
          await this.#followOn();
        } catch (error) {
          if (!isOld(error)) throw error;
          this.#begin();
          await this.#readPages();
        }
      }
    } finally {
      clearInterval(tidying);
    }
  }

  async #followOn(): Promise<void> {
    const place = this.#store.place();
    const trouble = (error: ExchangeProblem | Unreachable) => this.#options.trouble?.(goesOn(error));
    for await (const event of feed(this.#connection, { after: place.cursor, documents: true, follow: true, trouble })) {
      this.#apply({ ...place, cursor: event.cursor }, await changesOf([event as FeedEvent], this.#known), 1);
      this.#store.keep("synced_at", instant(this.#now()));
      await this.#tell();
    }
  }

  #apply(place: Parameters<Store["apply"]>[0], changes: Change[], events: number): void {
    const deleted = this.#store.apply(place, changes);
    if (deleted > 0) this.#unforgotten = true;
    this.#done.deleted += deleted;
    this.#done.events += events;
    for (const change of changes) {
      if (change.what === "put") {
        this.#done.tips++;
        this.#done.indicators += change.tip.columns.ordinals.length;
      } else if (change.what === "unverified")
        this.#options.trouble?.(`Tip ${change.tip} version ${change.version} is not stored: ${change.reason}`);
    }
    const { tips, indicators, deleted: gone } = this.#done;
    this.#options.progress?.({ events: this.#done.events, tips, indicators, deleted: gone });
  }

  #deleteEnded(): void {
    if (this.#store.deleteEnded(this.#now()) > 0) this.#unforgotten = true;
  }

  /** What time has ended, and what was not told of. */
  async #tidy(): Promise<void> {
    this.#deleteEnded();
    await this.#tell();
  }

  /**
   * Once what was deleted is out of file and log. Where that waits for a reader, so does this, until the next time. That a file of
   * any size is not written anew for each of many events, it is at most once a minute while following.
   */
  async #tell(): Promise<void> {
    if (this.#unforgotten) {
      if (this.#forgot !== undefined && this.#now() - this.#forgot < tidyEvery) return;
      if (!this.#store.forget()) return;
      if (this.#forgot !== undefined) this.#forgot = this.#now();
    }
    this.#unforgotten = false;
    if (this.#options.acknowledge === false) return;
    for (;;) {
      const due = this.#store.toAcknowledge(acknowledgementsAtOnce);
      for (const { tip, event } of due) {
        try {
          await acknowledge(this.#connection, tip, { outcome: "deleted", event });
          this.#done.acknowledged++;
        } catch (error) {
          const refused = error instanceof ExchangeProblem ? error : undefined;
          // Not there, or over: there is nothing to tell.
          if (!refused || passes(error) || refused.status === 401 || refused.status === 403) {
            if (!refused && !passes(error)) throw error;
            this.#options.trouble?.(
              `The exchange could not be told that tip ${tip} is deleted: ${(error as Error).message}`,
            );
            return;
          }
        }
        this.#store.acknowledged(tip, event);
      }
      if (due.length < acknowledgementsAtOnce) return;
    }
  }
}

const goesOn = ({ message }: Error): string => `${message}; connecting again, behind the last event.`;

const isOld = (error: unknown): boolean => error instanceof ExchangeProblem && error.status === 410;
