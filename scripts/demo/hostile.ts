/** A hostile partner tries what it may not do to a tip that is for facepage alone, and to facepage's endpoint. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { signTip } from "../../src/client/tips.ts";
import type { DemoEndpoint } from "./endpoint.ts";
import { type Json, note, refused, type Stage } from "./stage.ts";

interface Tried {
  endpoint: DemoEndpoint;
  subscription: string;
  operation: string;
  /** Of a document that was changed after signing. */
  changed: string;
  /** Milliseconds until the first webhook. */
  took: number;
}

export async function refuseHostile(stage: Stage, tried: Tried): Promise<void> {
  stage.step("A hostile partner is refused at each step.");
  const hostile = await stage.connection("observatory");
  const { endpoint } = tried;
  const scoped = await stage.json("chirper", "tip", "submit", writeDraft(stage), "--to", "partner:facepage");
  const again = await endpoint.told(scoped.tip);
  const quickest = Math.min(tried.took, again.at - Date.parse(again.message.timestamp));
  // Of two, since a busy machine may hold up one.
  assert.ok(quickest < 1_000, `The quicker of two webhooks came after ${quickest} ms.`);
  const tip = `/v1/tips/${scoped.tip}`;
  await refused(404, "reads a tip that is not its own", () => hostile.call("GET", tip));
  await refused(404, "widens another's audience", () => hostile.call("PUT", `${tip}/audience`, {}));
  await refused(404, "withdraws another's tip", () => hostile.call("POST", `${tip}/withdrawal`, {}));
  await refused(403, "enrols a partner of its own", () => hostile.call("POST", "/v1/partners", {}));
  const content = { tlp: "amber" as const, operation: { id: tried.operation, name: "x" }, indicators: [] };
  const forged = await signTip(hostile, content, { to: ["platforms"] });
  await refused(422, "sends a tip it changed after signing", () =>
    hostile.call("POST", "/v1/tips", { ...forged, tip: { ...forged.tip, payload: tried.changed } }),
  );
  await refused(422, "addresses a group it is not in", async () =>
    hostile.call("POST", "/v1/tips", await signTip(hostile, content, { to: ["group:harbour-forum"] })),
  );
  await refused(409, "takes the id of another's tip", async () =>
    hostile.call("POST", "/v1/tips", await signTip(hostile, { ...content, tip: scoped.tip }, { to: ["platforms"] })),
  );
  const subscription = `/v1/subscriptions/${tried.subscription}`;
  await refused(404, "looks at Facepage's subscription", () => hostile.call("GET", subscription));
  await refused(404, "has it sent elsewhere", () => hostile.call("PATCH", subscription, { url: endpoint.url }));
  await refused(404, "takes its secret", () => hostile.call("POST", `${subscription}/rotate`, {}));
  await refused(404, "ends it", () => hostile.call("DELETE", subscription));
  assert.deepEqual((await hostile.call<Json>("GET", "/v1/subscriptions")).subscriptions, []);
  const facepage = await stage.connection("facepage");
  assert.equal((await facepage.call<Json>("GET", subscription)).state, "active");
  const probe = await hostile.call<Json>("POST", "/v1/match", { questions: ["only-for-facepage.example"] });
  assert.deepEqual(probe.answers[0].hits, []);
  note("✗ asks whether a value is in a tip it may not see: no match, as for a value that is nowhere");
}

function writeDraft(stage: Stage): string {
  const draft = {
    tlp: "red",
    operation: { id: crypto.randomUUID(), name: "Quiet Pier" },
    indicators: [{ type: "domain", value: "only-for-facepage.example", control: "operated" }],
  };
  writeFileSync(stage.file("draft.json"), JSON.stringify(draft));
  return stage.file("draft.json");
}
