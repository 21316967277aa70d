/**
 * A signed document of the caller's about a tip that is there (audience, withdrawal, feedback), judged in DESIGN.md's order as
 * far as that is the same for all of them: envelope, key and signature, author, the same digest already there, key active,
 * form, tip.
 */
import type * as z from "zod";
import type { DocumentType } from "../core/envelope.ts";
import { type Fault, type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { first } from "../store/database.ts";
import { type Kept, selectTip, type TipRow } from "../store/tips.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { together } from "./judge-submission.ts";
import { judgeKey, judgeSignature, loadKeys, openDocument, readContent } from "./signed-document.ts";

/** The caller's own tip, or nothing: judged before a request's body is read. */
export async function ownTip(exchange: Exchange, caller: Caller, tip: string): Promise<TipRow | undefined> {
  const row = await first(exchange.db, selectTip(tip));
  return row?.author === caller.partner ? row : undefined;
}

/** `done`: what the same document did before. */
type Judged<Done, Content> = { done: Done } | { done?: undefined; kept: Kept; content: Content };

export async function judgeOwn<Done, Schema extends z.ZodType<{ exchange: string; tip: string }>>(
  exchange: Exchange,
  caller: Caller,
  { tip }: { tip: string },
  document: {
    body: unknown;
    type: DocumentType;
    schema: Schema;
    find(digest: string): Promise<Done | undefined>;
    /** Further faults of what is sound in a document that is refused, so that it is refused with every reason. */
    also?(sound: Partial<z.infer<Schema>>): Promise<Fault[]>;
  },
): Promise<Result<Judged<Done, z.infer<Schema>>, Problem>> {
  const opened = await openDocument(document.body, document.type, "");
  if (!opened.ok) return opened;
  const signed = opened.value;
  const keys = await loadKeys(exchange, caller, signed);
  const refused = await judgeSignature(signed, caller, keys);
  if (refused) return err(refused);
  const done = await document.find(signed.digest);
  if (done) return ok({ done });
  const dead = judgeKey(signed, keys, instant(exchange.now));
  if (dead) return err(dead);
  const { whole, sound, faults } = readContent(signed, document.schema);
  if (sound.exchange !== undefined && sound.exchange !== exchange.url) {
    faults.push({ pointer: "/exchange", detail: `This exchange is ${exchange.url}.` });
  }
  if (sound.tip !== undefined && sound.tip !== tip)
    faults.push({ pointer: "/tip", detail: "Must be the tip of the path." });
  if (faults.length > 0 || !whole) {
    return err(unacceptable(together(faults, (await document.also?.(sound)) ?? [])));
  }
  const kept = { digest: signed.digest, kid: signed.opened.kid, envelope: signed.envelope };
  return ok({ kept, content: whole });
}

export const unacceptable = (faults: Fault[]): Problem =>
  problem("invalid-document", "The document is not acceptable for this tip. Nothing was changed.", faults);

export const keyGone = problem("key-not-active", "A key ceased to be active meanwhile. Sign again with an active key.");

export const notChanged: Problem = {
  ...problem("unavailable", "Nothing was changed. Send the same document again."),
  retry_after: 5,
};
