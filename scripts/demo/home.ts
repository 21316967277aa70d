/** Facepage keeps a mirror, matches in it with nothing sent, and reports an appeal that it upheld. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { match } from "../../src/client/match.ts";
import { importReport } from "../../src/formats/report.ts";
import { matchFile } from "../../src/mirror/match-file.ts";
import { Mirror } from "../../src/mirror/mirror.ts";
import { type Json, note, refused, type Stage, sample } from "./stage.ts";

/** Accounts besides those of the sample. */
const more = 100_000;

export async function matchAtHome(stage: Stage): Promise<void> {
  stage.step("Facepage keeps a mirror, and matches all its accounts at home: nobody hears what it asks.");
  await stage.show("facepage", ["mirror", mirrorOf(stage)]);
  const text = readFileSync(sample("facepage-accounts.csv"), "utf8");
  const accounts = Array.from(
    { length: more },
    (_, at) => `account,facepage,${200_000_000_000_000 + at},user.${at},,,`,
  );
  const file = stage.file("accounts.csv");
  writeFileSync(file, `${text.trimEnd()}\n${accounts.join("\n")}\n`);
  const mirror = await Mirror.open(mirrorOf(stage));
  const network = globalThis.fetch;
  try {
    const questions = importReport([{ name: "accounts.csv", text }], { platform: "facepage" }).indicators as never[];
    const asked = await match(await stage.connection("facepage"), questions);
    globalThis.fetch = () => assert.fail("A question left the machine.");
    assert.deepEqual(await mirror.match(questions), asked);
    const began = performance.now();
    const done = await matchFile(mirror, file, { platform: "facepage", output: stage.file("matches.csv") });
    const seconds = (performance.now() - began) / 1_000;
    assert.ok(done.asked > more && done.unread === 0);
    assert.equal(done.matched, asked.filter(({ hits }) => hits.length > 0).length);
    note(
      `${done.asked} values of a file in ${seconds.toFixed(1)} s, ${Math.round(done.asked / seconds)} a second: ${done.matched} matched, ${done.context_only} have context alone; nothing was sent.`,
    );
    note(`The ${asked.length} that it asked the exchange before have the same answers here.`);
  } finally {
    globalThis.fetch = network;
    mirror.close();
  }
}

export const mirrorOf = (stage: Stage): string => stage.file("mirror");

/** What the mirror answers of an indicator, from that tip. */
export async function askMirror(stage: Stage, value: Json, tip: string): Promise<Json | undefined> {
  const mirror = await Mirror.open(mirrorOf(stage));
  const [answer] = await mirror.match([value as never]);
  mirror.close();
  return answer!.hits.find((hit) => hit.tip === tip);
}

export async function appeal(stage: Stage, tip: string, appealed: Json): Promise<void> {
  stage.step("Facepage upholds an appeal against a suspension: everyone who has the indicator is told to look again.");
  const { ordinal, indicator } = appealed;
  const day = new Date().toISOString().slice(0, 10);
  await stage.show("facepage", ["appeal", tip, "--indicators", String(ordinal), "--decided-on", day]);
  assert.match(await stage.show("chirper", ["feed"], /\bappealed\b/), /by facepage/);
  const officer = await stage.connection("cyber-unit");
  const heard = (await officer.call<Json>("GET", "/v1/feed")).events.find(({ type }: Json) => type === "appealed");
  assert.deepEqual(heard.indicators, [ordinal]);
  assert.equal(heard.by, undefined);
  const mirror = await Mirror.open(mirrorOf(stage));
  await mirror.sync(await stage.connection("facepage"));
  mirror.close();
  const found = await askMirror(stage, indicator, tip);
  assert.ok(found?.appealed && found.human_review);
  note("Cyber-unit is told too, but not by whom; after a sync Facepage's mirror says: appealed, human review.");
  const hostile = await stage.connection("observatory");
  await refused(404, "the hostile partner reports an appeal", () =>
    hostile.call("POST", `/v1/tips/${tip}/appeals`, { version: 2, indicators: [ordinal] }),
  );
}
