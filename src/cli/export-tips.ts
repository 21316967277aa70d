/**
 * `tipoff export --format stix|misp`: a bundle or an event for each tip, made here of its signed document, and of the words on it as
 * they were signed. What does not verify is left out, said, and ends with code 4.
 */
import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { type FeedbackItem, listFeedback } from "../client/feedback.ts";
import { type GivenTip, sharedTips } from "../client/shared-tips.ts";
import { verifiedWord } from "../client/verified-words.ts";
import { mispEvent } from "../formats/misp/event.ts";
import { bundleOf } from "../formats/stix/bundle.ts";
import { feedbackObjects } from "../formats/stix/feedback.ts";
import type { DocumentFormat, Options } from "./export.ts";
import { writePrivate } from "./home.ts";
import type { Session } from "./session.ts";
import { Refused, sayJson, tell, Unverified } from "./terminal.ts";

const makers: Record<DocumentFormat, (given: GivenTip, said: readonly FeedbackItem[]) => unknown> = {
  stix: ({ tip, indicators }, said) => {
    const there = new Set(indicators.map(({ ordinal }) => ordinal));
    return bundleOf(tip, indicators, feedbackObjects(tip, there, said));
  },
  misp: ({ tip, indicators }) => {
    const { embargo } = tip.document;
    return mispEvent(tip, indicators, { embargoed: embargo !== undefined && Date.parse(embargo.until) > Date.now() });
  },
};

const ofATip = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json$/;

/** The exchange says what a tip's id is: nothing else becomes the name of a file. */
function fileOf({ tip: { tip } }: GivenTip): string {
  const name = `${tip}.json`;
  if (!ofATip.test(name)) throw new Refused("The exchange gave a tip an id that is none. Nothing was written of it.");
  return name;
}

export async function exportTips({ connection }: Session, format: DocumentFormat, options: Options): Promise<void> {
  const { tip: one, out, since, group, tlp } = options;
  const isFolder = out !== undefined && one === undefined;
  if (isFolder) mkdirSync(out, { recursive: true, mode: 0o700 });
  const written = new Set<string>();
  const trouble = (error: Error) => tell(`${error.message}; going on behind the last whole row.`);
  const unverified = new Map<string, string>();
  const leftOut = (found: { tip: string; version: number; reason: string }) => {
    unverified.set(found.tip, found.reason);
    tell(`Tip ${found.tip} version ${found.version} is left out: ${found.reason}`);
  };
  let words = 0;
  const wordLeftOut = (tip: string, { by, feedback }: FeedbackItem, reason: string) => {
    words++;
    tell(`What ${by} said of tip ${tip} (${feedback}) is left out: ${reason}`);
  };
  for await (const given of sharedTips(connection, { ...options, trouble, unverified: leftOut })) {
    const name = fileOf(given);
    const said: FeedbackItem[] = [];
    for (const word of options.feedback ? (await listFeedback(connection, given.tip.tip)).feedback : []) {
      // Nothing is made of these.
      if (!word.document || word.void || word.version !== given.tip.version) continue;
      const verified = await verifiedWord(word, given.tip, given.keys);
      if (verified.ok) said.push(verified.value);
      else wordLeftOut(given.tip.tip, word, verified.error);
    }
    const made = makers[format](given, said);
    if (out === undefined) sayJson(made);
    else writePrivate(isFolder ? path.join(out, name) : out, made);
    written.add(name);
  }
  if (one !== undefined && written.size === 0 && unverified.size === 0)
    throw new Refused(`There is no tip ${one} for you, or it is under an embargo (--embargoed).`);
  if (out !== undefined) tell(`${written.size} ${written.size === 1 ? "tip" : "tips"} written.`);
  if (isFolder && since === undefined && group === undefined && tlp === undefined) {
    const left = readdirSync(out).filter(
      (name) => ofATip.test(name) && !written.has(name) && !unverified.has(name.slice(0, -".json".length)),
    );
    if (left.length > 0)
      tell([
        "Of tips that you may not see any more, and should not keep:",
        ...left.map((name) => path.join(out, name)),
      ]);
  }
  if (unverified.size > 0)
    throw new Unverified(
      `${unverified.size} ${unverified.size === 1 ? "tip is" : "tips are"} NOT written, because they do not verify: ${[...unverified].map(([tip, reason]) => `${tip}: ${reason}`).join("; ")} What an earlier export wrote of them stays as it was.`,
    );
  if (words > 0)
    throw new Unverified(
      `The tips are written, and ${words} ${words === 1 ? "word" : "words"} on them NOT, because they do not verify.`,
    );
}
