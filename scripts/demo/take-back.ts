/** Chirper takes the tip back: the mirror forgets it and says so by itself, and chirper sees whose copy is gone. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { askMirror, mirrorOf } from "./home.ts";
import { type Json, note, refused, type Stage } from "./stage.ts";

export async function takeBack(stage: Stage, tip: string, appealed: Json): Promise<void> {
  stage.step("Chirper withdraws the tip; the mirror forgets it and says so by itself.");
  const { indicator } = appealed;
  const value = indicator.handle ?? indicator.id;
  assert.ok(await askMirror(stage, indicator, tip));
  assert.ok(bytesOf(stage).includes(value));
  await stage.show("chirper", ["tip", "withdraw", tip, "--reason", "mistake", "--note", "The source was not sound."]);
  assert.match(await stage.show("facepage", ["mirror", mirrorOf(stage)]), /1 deletions told/);
  assert.equal(await askMirror(stage, indicator, tip), undefined);
  assert.ok(!bytesOf(stage).includes(value));
  note(`${value} matches nothing there, and is in none of the mirror's files.`);

  stage.step("Chirper sees who had it, and whose copy is gone.");
  const officer = await stage.connection("cyber-unit");
  const told = (await officer.call<Json>("GET", "/v1/feed")).events.find(({ type }: Json) => type === "withdrawn");
  assert.deepEqual([told.tip, told.reason], [tip, "mistake"]);
  await stage.text("cyber-unit", "acknowledge", tip, "--outcome", "kept_under_law");
  const recall = await stage.show("chirper", ["tip", "recall", tip]);
  assert.match(recall, /2 had it, 2 acknowledged \(1 kept under law\), 0 late/);
  assert.match(recall, /facepage .*deleted/);
  const hostile = await stage.connection("observatory");
  const acknowledgements = `/v1/tips/${tip}/acknowledgements`;
  await refused(404, "the hostile partner acknowledges", () =>
    hostile.call("POST", acknowledgements, { outcome: "deleted" }),
  );
  const { events } = await hostile.call<Json>("GET", "/v1/feed");
  assert.deepEqual(events, []);
  note("✗ reads its feed: nothing, of all this");
}

/** Of all files of the mirror. */
const bytesOf = (stage: Stage): Buffer =>
  Buffer.concat(readdirSync(mirrorOf(stage)).map((name) => readFileSync(path.join(mirrorOf(stage), name))));
