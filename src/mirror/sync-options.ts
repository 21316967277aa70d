/** What a sync is asked for, and what it tells of itself. */
import type { Held } from "./store-lookups.ts";

export interface SyncOptions {
  /** Ends it: what is in hand is kept first, and the sync resolves with what there is. */
  signal?: AbortSignal;
  /** Told after each page. */
  progress?: (done: Progress) => void;
  /** Goes on with what happens, as it happens, until the signal ends it. */
  follow?: boolean;
  /** Events of one page, 1 to 1,000: also the most that are read again after a crash. Default 1,000. */
  page?: number;
  /** Begins at the feed's start, beside the copy that answers until the new one is whole. */
  from_start?: boolean;
  /** Following: told once, when it holds all there is and waits for what happens. */
  current?: (held: Held) => void;
  /** `false`: the exchange is not told of deletions, because there are copies elsewhere that somebody must see to first. */
  acknowledge?: boolean;
  /** Told what does not end it: a tip that does not verify, an exchange that cannot answer for a while. */
  trouble?: (message: string) => void;
}

export interface Progress {
  events: number;
  tips: number;
  indicators: number;
  /** Tips deleted, or replaced by a new version. */
  deleted: number;
}

export interface Synced extends Held {
  /** Read by this sync. */
  events: number;
  /** Tips deleted by it, because they were taken back, replaced or have ended. */
  deleted: number;
  acknowledged: number;
  /** It began at the feed's start. */
  rebuilt: boolean;
}
