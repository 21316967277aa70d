/** Taking back reaches everyone who had it, at whatever door they read: withdrawn, recalled and revised, told at each. */
import { beforeEach, describe, expect, test } from "vitest";
import { eventUuid } from "../../src/formats/misp/uuid.ts";
import { pass, subscribe, workEndpointsByHand } from "./endpoints.ts";
import { endListening, idle } from "./listen.ts";
import type { Member } from "./member.ts";
import { Subscriber } from "./misp-subscriber.ts";
import * as taxii from "./taxii-client.ts";
import { enrol, freshWorld } from "./world.ts";

let chirper: Member;
let facepage: Member;

workEndpointsByHand();
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
});

const domain = (value: string) => ({ type: "domain", value, control: "operated" });

/** What the reader holds of the tip, by door: domains, as each door's own kind of reader keeps them. */
async function held(misp: Subscriber, before: Map<string, taxii.Given>): Promise<Record<string, string[]>> {
  await misp.pull();
  const objects = taxii.kept(await taxii.follow(facepage), before);
  const patterns = [...objects.values()].filter(({ type, revoked }) => type === "indicator" && !revoked);
  const { indicators } = (await facepage.call("GET", "/v1/indicators")).body;
  const { answers } = (await facepage.call("POST", "/v1/match", { questions: ["a.example", "b.example"] })).body;
  const csv = (await facepage.call("GET", "/v1/export?format=csv")).body as string;
  const domainsIn = (text: string): string[] => [...new Set(text.match(/\b[ab]\.example/g) ?? [])].sort();
  for (const [id, object] of objects) before.set(id, object);
  return {
    indicators: domainsIn(JSON.stringify(indicators)),
    match: domainsIn(JSON.stringify(answers.flatMap((answer: { hits: unknown[] }) => answer.hits))),
    export: domainsIn(csv),
    taxii: domainsIn(JSON.stringify(patterns.map(({ pattern }) => pattern))),
    misp: domainsIn(JSON.stringify(misp.living())),
  };
}

const everywhere = (domains: string[]) => ({
  indicators: domains,
  match: domains,
  export: domains,
  taxii: domains,
  misp: domains,
});

describe.each([
  { type: "withdrawn", deed: (id: string) => chirper.withdraw(id), left: [] },
  { type: "recalled", deed: (id: string) => chirper.rescope(id, ["research"]), left: [] },
  {
    type: "revised",
    deed: async (id: string) => (await chirper.revise(id, ["platforms"], { indicators: [domain("b.example")] })).answer,
    left: ["b.example"],
  },
])("$type", ({ type, deed, left }) => {
  test("is told at every door, and what rests on it goes with it", async () => {
    const endpoint = await subscribe(facepage);
    const stream = await idle(facepage);
    const misp = new Subscriber(facepage);
    const objects = new Map<string, taxii.Given>();
    const { id } = await chirper.submit(["platforms"], { indicators: [domain("a.example"), domain("b.example")] });
    await endpoint.pump();
    expect(await held(misp, objects)).toEqual(everywhere(["a.example", "b.example"]));
    expect(misp.events.has(eventUuid(id))).toBe(true);

    // A MISP tells versions apart by the second.
    pass(5_000);
    expect((await deed(id)).status).toBeLessThan(300);
    await endpoint.pump();
    expect((await facepage.feed()).at(-1)).toMatchObject({ type, tip: id });
    expect(endpoint.hook.messages.at(-1)).toMatchObject({ type, data: { tip: id } });
    expect(await stream.until(({ told }) => told.some((event) => event.join() === [type, id].join()))).toBe(true);
    await endListening();
    expect(await held(misp, objects)).toEqual(everywhere(left));
    const listed = (await facepage.call("GET", "/v1/tips")).body.tips.map(({ tip }: { tip: string }) => tip);
    expect(listed).toEqual(left.length > 0 ? [id] : []);
  });
});
