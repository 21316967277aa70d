/** Push: what a subscriber's endpoint is sent, when, and what becomes of it. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import type { Member } from "./member.ts";
import { receiver } from "./receiver.ts";
import { enrol, freshWorld } from "./world.ts";

let chirper: Member;
let facepage: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform", { platforms: ["chirper"] });
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"] });
});

test("a new tip reaches the endpoint, signed, at once", async () => {
  const hook = receiver("https://hooks.facepage.example/tipoff");
  const made = await facepage.call("POST", "/v1/subscriptions", { url: hook.url });
  expect(made).toMatchObject({ status: 201, body: { state: "active", secret: expect.stringMatching(/^whsec_/) } });
  const { id } = await chirper.submit(["platforms"]);
  const stub = env.ENDPOINT.get(env.ENDPOINT.idFromName(made.body.subscription));
  await runDurableObjectAlarm(stub);
  await hook.received(1);
  expect(hook.messages[0]).toMatchObject({ type: "published", data: { tip: id, from: "chirper" } });
});
