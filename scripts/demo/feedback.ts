/** Facepage says what became of the tip, and chirper hears it. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { listFeedback, signFeedback, spokenOf } from "../../src/client/feedback.ts";
import { type Json, note, refused, type Stage } from "./stage.ts";

const placesOf = (answers: readonly Json[]): Set<number> =>
  new Set(answers.flatMap(({ hits }) => hits.map(({ ordinal }: Json) => ordinal)));

export async function giveBack(stage: Stage, tip: string, answers: readonly Json[]): Promise<void> {
  stage.step("Facepage says what became of it, straight from its match, and chirper hears it.");
  // What it met under an earlier name it had suspended by itself.
  const known = answers.filter(({ hits }) => hits.some(({ how }: Json) => how === "former-handle"));
  const found = answers.filter((answer) => answer.hits.length > 0 && !known.includes(answer));
  const [knownFile, foundFile] = [stage.file("known.json"), stage.file("found.json")];
  writeFileSync(knownFile, JSON.stringify({ answers: known }));
  writeFileSync(foundFile, JSON.stringify({ answers: found }));
  const actioned = ["--status", "actioned"];
  await stage.show("facepage", ["feedback", "--from-match", foundFile, ...actioned, "--note", "Suspended today."]);
  await stage.text("facepage", "feedback", "--from-match", knownFile, ...actioned, "--already-known");
  const first = `${placesOf(found).size} actioned`;
  await stage.show("chirper", ["feed"], new RegExp(`by facepage  ${first}`));
  const { summary, feedback } = await listFeedback(await stage.connection("chirper"), tip);
  const words = feedback.flatMap(({ document }) => document?.indicators ?? []);
  const knew = words.filter((word) => word.already_known).flatMap(({ ordinals }) => ordinals);
  assert.deepEqual(new Set(knew), placesOf(known));
  const counted = summary.indicators!;
  assert.equal(counted.length, placesOf(answers).size);
  assert.ok(counted.every(({ by_status }) => by_status.actioned === 1));
  note(
    `Chirper's summary: ${summary.tip!.reporters} partner, ${counted.length} indicators actioned, ${knew.length} of them known before the tip came; "${feedback.at(-1)!.document!.note}"`,
  );
  const hostile = await stage.connection("observatory");
  const spoken = await spokenOf(await stage.connection("facepage"), tip);
  const word = await signFeedback(hostile, spoken, { status: "false_positive" });
  await refused(404, "the hostile partner says it is all false", () =>
    hostile.call("POST", `/v1/tips/${tip}/feedback`, word),
  );
}
