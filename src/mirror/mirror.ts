/**
 * A copy at home of all that one partner may see, for questions nobody else is to hear. `sync` brings it to the exchange's view;
 * `match` answers as `POST /v1/match` does, and sends nothing anywhere. Any number of processes may match while one syncs.
 */
import type { Connection } from "../client/connect.ts";
import type { MatchAnswer, MatchOptions, Question } from "../client/match.ts";
import type { Indicator, Sites } from "../core/indicators/family.ts";
import { limits } from "../core/limits.ts";
import { Answerer } from "./answer.ts";
import { lockFolder, openDatabase } from "./files.ts";
import { MirrorError } from "./mirror-error.ts";
import { Store } from "./store.ts";
import type { Held } from "./store-lookups.ts";
import { sync } from "./sync.ts";
import type { Synced, SyncOptions } from "./sync-options.ts";

/** Milliseconds of answering after which others have the process for a moment. */
const turn = 50;

export class Mirror {
  readonly folder: string;
  readonly #now: () => number;
  #store: Store | undefined;
  #answerer: Answerer | undefined;

  private constructor(folder: string, store: Store, now: () => number) {
    this.folder = folder;
    this.#store = store;
    this.#now = now;
  }

  /**
   * Opens the mirror in a folder, which is made where it is not there, for its owner alone; what has ended meanwhile is erased.
   * Throws MirrorError `no-sqlite` before Node 22.13, `not-a-mirror` where the folder holds something else.
   *
   * @example
   * ```js
   * const mirror = await Mirror.open("mirror");
   * await mirror.sync(exchange);
   * const [answer] = await mirror.match(["203.0.113.9"]);
   * ```
   */
  static async open(folder: string, { now = Date.now }: { now?: () => number } = {}): Promise<Mirror> {
    const store = new Store(await openDatabase(folder));
    if (store.deleteEnded(now()) > 0) store.forget();
    return new Mirror(folder, store, now);
  }

  /**
   * Brings it to the exchange's view, from where the last sync ended, however that ended. Resolves with what it holds then, and
   * what was not stored because it does not verify. Throws MirrorError `busy` where another process syncs it, `other-partner`
   * where it is somebody else's, and as `call` does.
   */
  async sync(connection: Connection, options: SyncOptions = {}): Promise<Synced> {
    this.#open();
    const release = await lockFolder(this.folder);
    // A connection of its own: whoever matches meanwhile sees whole transactions.
    let store: Store | undefined;
    try {
      store = new Store(await openDatabase(this.folder));
      return await sync(store, connection, options, this.#now);
    } finally {
      store?.close();
      release();
    }
  }

  /**
   * Which values are in tips you may see, by position, as `match` of the client answers; an object that is not of its type's form
   * is ExchangeProblem `invalid-request`. Throws MirrorError `not-synced` before the first sync is whole.
   */
  async match(questions: readonly Question[], options: MatchOptions = {}): Promise<MatchAnswer[]> {
    const answers: MatchAnswer[] = [];
    let began = performance.now();
    for (let at = 0; at < questions.length; at += limits.questions) {
      if (performance.now() - began > turn) {
        await new Promise((resolve) => setImmediate(resolve));
        began = performance.now();
      }
      const some = questions.slice(at, at + limits.questions);
      answers.push(...(this.#answering().ask(some, optionsOf(options), this.#now()) as unknown as MatchAnswer[]));
      options.progress?.(answers.length);
    }
    return answers;
  }

  /** The same of values that are read already; at most a thousand, and at once. */
  matchRead(asked: readonly Indicator[], options: Pick<MatchOptions, "on_host"> = {}): MatchAnswer[] {
    const questions = asked.map((one) => ({ asked: one }));
    return this.#answering().askRead(questions, optionsOf(options), this.#now()) as unknown as MatchAnswer[];
  }

  /** What it holds. */
  held(): Held {
    return this.#open().held();
  }

  /** The tips that answer, in the order of their ids. */
  tips(): { tip: string; version: number; from: string; through: string; digest: string }[] {
    return this.#open().tips();
  }

  /** Which platform a host stands for, as the exchange knew it at the last sync. */
  get sites(): Sites {
    return this.#answering().sites;
  }

  /** Bytes of memory in which its keys are looked up first. */
  get filter_bytes(): number {
    return this.#answering().bytes;
  }

  close(): void {
    this.#store?.close();
    this.#store = undefined;
    this.#answerer = undefined;
  }

  #open(): Store {
    if (!this.#store) throw new MirrorError("closed", "This mirror was closed.");
    return this.#store;
  }

  #answering(): Answerer {
    const store = this.#open();
    this.#answerer ??= new Answerer(store);
    return this.#answerer;
  }
}

const optionsOf = ({ on_host }: Pick<MatchOptions, "on_host">) => (on_host ? { on_host } : {});
