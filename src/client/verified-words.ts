/**
 * What was said of a tip as it was read, verified here before anything is made of it: each word by its giver's signature under the
 * keys of the directory, on that version of that tip. When it was accepted, and whether any is missing, the exchange alone says.
 */
import { digest, open, verify } from "../core/envelope.ts";
import { feedbackSchema } from "../core/feedback.ts";
import { err, ok, type Result } from "../core/result.ts";
import { parseStrict } from "../core/strict-json.ts";
import { parseTime } from "../core/time.ts";
import type { FeedbackItem, SpokenOf } from "./feedback.ts";
import { importedKey, type KeySet } from "./verify.ts";

/** The word with its document as it was signed, or the sentence that says what is wrong. */
export async function verifiedWord(
  { envelope, document: _believed, ...word }: FeedbackItem,
  tip: SpokenOf,
  keys: KeySet,
): Promise<Result<FeedbackItem, string>> {
  const opened = open(envelope, "feedback+jws");
  if (!opened.ok) return opened;
  const content = parseStrict(opened.value.bytes);
  const said = content.ok ? feedbackSchema.safeParse(content.value) : undefined;
  if (!said?.success) return err("It is no feedback document.");
  const { exchange, from, tip: of, version, digest: of_document } = said.data;
  if (exchange !== keys.exchange || from !== word.by || (await digest(opened.value.envelope)) !== word.feedback)
    return err("It is another's, or another word, than the exchange says.");
  if (of !== tip.tip || version !== tip.version || of_document !== tip.digest)
    return err("It speaks of another document.");
  const known = Object.hasOwn(keys.partners, from) ? keys.partners[from]! : [];
  const key = known.find(({ kid }) => kid === opened.value.kid);
  const imported = key && (await importedKey(key.jwk));
  if (!key || !imported || !(await verify(opened.value, imported))) return err(`It is not signed by a key of ${from}.`);
  const since = key.compromised_since;
  if (since !== undefined && !(parseTime(word.accepted_at)! < parseTime(since)!))
    return err("Its key was compromised by then.");
  return ok({ ...word, envelope: opened.value.envelope, document: said.data });
}
