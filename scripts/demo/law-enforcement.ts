/** Law enforcement has nothing of a tip until its author says so, and states what it reads it for. */
import assert from "node:assert/strict";
import { type Json, note, refused, type Stage } from "./stage.ts";

export async function showNothing(stage: Stage, tip: string): Promise<void> {
  stage.step("Law enforcement is never included by default.");
  const officer = await stage.connection("cyber-unit");
  await refused(404, "cyber-unit reads the tip", () => officer.call("GET", `/v1/tips/${tip}`));
  assert.deepEqual((await officer.call<Json>("GET", "/v1/feed")).events, []);
  note("Its feed is empty.");
}

export async function rescopeTo(stage: Stage, tip: string, audience: readonly string[], total: number): Promise<void> {
  stage.step("Chirper rescopes the tip to law enforcement; cyber-unit, with a purpose, pulls it.");
  await stage.text("chirper", "tip", "rescope", tip, ...audience);
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const purpose = ["--case", "XA-2026-17", "--basis", "court-order", "--unit", "Unit 3", "--until", until];
  await stage.text("cyber-unit", "token", ...purpose);
  assert.match(await stage.show("cyber-unit", ["feed"]), new RegExp(`published.*${tip}.*through law-enforcement`));
  const read = await stage.json("cyber-unit", "tip", "show", tip);
  assert.equal(read.document.indicators.length, total);
  assert.equal((await stage.json("facepage", "tip", "show", tip)).version, 1);
}
