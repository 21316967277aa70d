/**
 * Takes in documents beside this thread, so that it fetches and writes meanwhile. The other thread is started with the first large
 * page, serves everyone in this process, keeps no process alive while nobody waits for it, and ends when it was idle for a while.
 * Until it is ready, for what is small, and where it cannot run, documents are taken in here: the outcome is the same.
 */
import { Worker } from "node:worker_threads";
import type { FeedEvent } from "../client/feed.ts";
import { type Source, type Taken, takeIn } from "./take-in.ts";
import type { Done, Work } from "./take-in-thread.ts";

/** Characters of documents below which handing them over is not worth it. */
const large = 500_000;
const idleMs = 10_000;

interface Waiting {
  resolve: (taken: Taken[]) => void;
  reject: (error: unknown) => void;
}

/** Beside this file in the sources and in the package; somebody's bundle has no such file, and must not be run a second time. */
const [, folder, ending] = /^(.*\/)beside(\.[jt]s)$/.exec(import.meta.url) ?? [];
let usable = folder !== undefined;
/** `undefined`: it was not started, or has ended. */
let thread: Thread | undefined;

export async function takeInBeside(events: readonly FeedEvent[], source: Source): Promise<Taken[]> {
  const size = events.reduce((sum, { envelope }) => sum + (envelope?.payload?.length ?? 0), 0);
  if (size < large || !usable) return takeIn(events, source);
  thread ??= new Thread();
  if (!thread.ready) return takeIn(events, source);
  try {
    return await thread.takeIn(events, source);
  } catch {
    // The thread, not the documents: where it is they, this says so.
    return takeIn(events, source);
  }
}

class Thread {
  readonly #worker = new Worker(new URL(`${folder}take-in-thread${ending}`));
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #idle: NodeJS.Timeout | undefined;
  ready = false;

  constructor() {
    this.#worker.on("message", (message: "ready" | Done) => {
      if (message === "ready") this.ready = true;
      else this.#end(message);
      this.#rest();
    });
    const gone = (why: unknown) => {
      if (thread === this) thread = undefined;
      usable &&= this.ready;
      for (const { reject } of this.#waiting.values()) reject(why);
      this.#waiting.clear();
    };
    this.#worker.on("error", gone);
    this.#worker.on("exit", () => gone(new Error("The thread ended.")));
    this.#worker.unref();
  }

  takeIn(events: readonly FeedEvent[], source: Source): Promise<Taken[]> {
    clearTimeout(this.#idle);
    this.#worker.ref();
    const number = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#worker.postMessage({ number, events: [...events], source } satisfies Work);
    });
  }

  #end(done: Done): void {
    const waiting = this.#waiting.get(done.number);
    this.#waiting.delete(done.number);
    if ("taken" in done) waiting?.resolve(done.taken);
    else waiting?.reject(done.error);
  }

  #rest(): void {
    if (this.#waiting.size > 0) return;
    this.#worker.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (thread === this) thread = undefined;
      void this.#worker.terminate();
    }, idleMs).unref();
  }
}
