/** One indicator is wrong: the platform that hosts it disputes it, every door says so, and its author corrects it. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import type { Connection } from "../../src/client/connect.ts";
import { listDisputes } from "../../src/client/disputes.ts";
import { signFeedback, spokenOf } from "../../src/client/feedback.ts";
import { ownTip } from "../../src/client/own-tip.ts";
import { printTip, readTip } from "../../src/client/read-tip.ts";
import { idOf } from "../../src/formats/stix/ids.ts";
import { type Json, note, refused, type Stage } from "./stage.ts";
import { withLawEnforcement } from "./tip-off.ts";

export async function dispute(stage: Stage, tip: string, disputed: Json): Promise<void> {
  stage.step("One account is the harbour museum's. Facepage hosts it, so its word alone disputes it, at every door.");
  const { ordinal, indicator } = disputed;
  const facepage = await stage.connection("facepage");
  const falsely = ["--status", "false_positive", "--indicators", String(ordinal), "--note", "It is the museum's own."];
  await stage.show("facepage", ["feedback", tip, ...falsely]);
  const before = await ask(facepage, indicator, tip);
  assert.ok(before.disputed && before.human_review);
  note(
    `Facepage's match of ${indicator.handle ?? indicator.id}: ${before.how}, disputed, human review. So say ${(await doorsThatSayIt(facepage, tip, ordinal)).join(", ")}.`,
  );
  const hostile = await stage.connection("observatory");
  const said = { status: "false_positive" as const, ordinals: [ordinal + 1] };
  const word = await signFeedback(hostile, await spokenOf(facepage, tip), { indicators: [said] });
  await refused(404, "the hostile partner disputes another", () =>
    hostile.call("POST", `/v1/tips/${tip}/feedback`, word),
  );

  stage.step("Chirper corrects it by a new version, which tells what it changed, and the dispute is over.");
  const { document } = await ownTip(await stage.connection("chirper"), tip);
  const { operation, indicators, ...rest } = document!;
  const corrected = { ...indicators[ordinal]!, control: "impersonated", note: "The museum's own, which they copied." };
  const next = { ...rest, operation, indicators: indicators.with(ordinal, corrected as never) };
  writeFileSync(stage.file("revised.json"), JSON.stringify(next));
  const submit = ["tip", "submit", stage.file("revised.json"), "--revise", tip, ...withLawEnforcement];
  assert.equal((await stage.json("chirper", ...submit)).version, 2);
  assert.match(await stage.show("facepage", ["feed"], /\brevised\b/), /0 added, 1 changed, 0 removed/);
  assert.match(
    await stage.show("facepage", ["tip", "difference", tip], /^changed/),
    new RegExp(`changed +${ordinal} `),
  );
  const [ended] = (await listDisputes(facepage, tip)).disputes;
  assert.deepEqual([ended!.ordinal, ended!.state], [ordinal, "corrected"]);
  const after = await ask(facepage, indicator, tip);
  assert.equal(after.disputed, undefined);
  assert.equal(after.control, "impersonated");
  note(`The dispute is ${ended!.state}; Facepage's match: ${after.control}, version ${after.version}, not disputed.`);
}

async function ask(connection: Connection, indicator: Json, tip: string): Promise<Json> {
  const { type, platform, kind, id, handle } = indicator;
  const question = { type, platform, kind, ...(id ? { id } : { handle }) };
  const { answers } = await connection.call<Json>("POST", "/v1/match", { questions: [question] });
  return answers[0].hits.find((hit: Json) => hit.tip === tip);
}

/** Each hands out the indicator, and says it. */
async function doorsThatSayIt(connection: Connection, tip: string, ordinal: number): Promise<string[]> {
  const get = (path: string, accept?: string) => connection.call<Json>("GET", path, undefined, { accept });
  const isIt = (row: Json): boolean => row.tip === tip && row.ordinal === ordinal;
  const object = `/taxii2/embargoed/collections/all/objects/${idOf("indicator", tip, ordinal)}/`;
  const doors: Record<string, () => Promise<unknown>> = {
    tip: async () => (await readTip(connection, tip)).marks?.disputed?.includes(ordinal),
    list: async () => (await get("/v1/tips")).tips.find((row: Json) => row.tip === tip).marked?.disputed,
    feed: async () => (await get("/v1/feed")).events.find((row: Json) => row.tip === tip).marked?.disputed,
    indicators: async () => (await get("/v1/indicators?platform=facepage")).indicators.find(isIt).disputed,
    export: async () => {
      const rows = (await (await connection.open("/v1/export?format=ndjson&embargoed=true")).text()).trim().split("\n");
      return rows
        .map((row) => JSON.parse(row) as Json)
        .find(isIt)
        ?.state?.includes("disputed");
    },
    TAXII: async () => (await get(object, "application/taxii+json;version=2.1")).objects[0].labels.includes("disputed"),
    paper: async () => /disputed/i.test(await printTip(connection, tip)),
  };
  for (const [door, isSaid] of Object.entries(doors)) assert.ok(await isSaid(), `${door} does not say it.`);
  return Object.keys(doors);
}
