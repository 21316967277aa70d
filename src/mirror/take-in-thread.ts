/** The thread beside (`beside.ts`): takes in the documents it is sent, and sends back what is kept of them. */
import { parentPort } from "node:worker_threads";
import type { FeedEvent } from "../client/feed.ts";
import { type Source, type Taken, takeIn } from "./take-in.ts";

export interface Work {
  number: number;
  events: FeedEvent[];
  source: Source;
}
/** What went wrong is a fault of the program: what can be wrong with a document is in its outcome. */
export type Done = { number: number; taken: Taken[] } | { number: number; error: unknown };

parentPort?.on("message", ({ number, events, source }: Work) => {
  takeIn(events, source).then(
    (taken) => parentPort?.postMessage({ number, taken } satisfies Done, buffersOf(taken)),
    (error: unknown) => parentPort?.postMessage({ number, error } satisfies Done),
  );
});
parentPort?.postMessage("ready");

/** They change hands, and are not copied. */
function buffersOf(taken: readonly Taken[]): ArrayBuffer[] {
  return taken.flatMap((one) => {
    if (!one.ok) return [];
    const { ordinals, ends, key_counts, hashes, hash_ordinals } = one.value.columns;
    return [ordinals, ends, key_counts, hashes, hash_ordinals].map(({ buffer }) => buffer as ArrayBuffer);
  });
}
