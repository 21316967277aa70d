/** A statement of each door for `plans.ts`, which looks at what every file of these tests prepared. */
import { beforeAll, expect, test } from "vitest";
import { compromiseKey } from "../../src/exchange/compromise-key.ts";
import { removeMember } from "../../src/exchange/manage-groups.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { eventUuid } from "../../src/formats/misp/uuid.ts";
import { observableId } from "../../src/formats/stix/uuid.ts";
import { keepOnSchedule } from "../../src/taxii/keep-observables.ts";
import { statements } from "./d1-limits.ts";
import { endListening, idle } from "./listen.ts";
import { newScans } from "./plans.ts";
import { home, reader } from "./readers.ts";
import { enrol, exchangeNow, freshWorld, group } from "./world.ts";

beforeAll(async () => {
  await freshWorld();
  const chirper = await enrol("chirper", "platform", { platforms: ["chirper"], domains: ["chirper.example"] });
  const facepage = await enrol("facepage", "platform", { platforms: ["facepage"] });
  const agency = await enrol("cyber-unit", "law_enforcement");
  await group("cell", [chirper, facepage]);
  const { id } = await chirper.submit(["platforms", "group:cell"], {
    indicators: [
      { type: "ip", value: "203.0.113.0/24" },
      { type: "domain", value: "a.example" },
    ],
  });
  await chirper.revise(id, ["platforms"], {}, { except: ["cyber-unit"] });
  await chirper.rescope(id, ["platforms", "law-enforcement"]);
  for (const query of [
    "",
    "?from=chirper",
    "?for_you=true",
    "?platform=facepage",
    "?operation=7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11",
    "?through=platforms",
    "?through=author",
    "?type=ip&tlp=amber&urgency=urgent&since=2020-01-01",
    "?triage=open",
    "?triage=done&assignee=ana",
    "?triage=working",
  ]) {
    await facepage.call("GET", `/v1/tips${query}`);
  }
  await facepage.call("GET", `/v1/tips/${id}`);
  await facepage.call("GET", "/v1/operations/7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11");
  await facepage.call("PUT", "/v1/triage", { filter: { triage: "open" }, set: { state: "working" } });
  const reply = await facepage.submit(["partner:chirper"]);
  await facepage.call("POST", `/v1/tips/${reply.id}/claims`, { relation: "duplicates", tip: id });
  await facepage.call("DELETE", `/v1/tips/${reply.id}/claims/${id}`);
  for (const by of ["partner", "group"]) await facepage.call("GET", `/v1/stats?by=${by}`);
  const { next } = (await facepage.call("GET", "/v1/feed?documents=true")).body;
  await facepage.call("GET", `/v1/feed?wait=1&after=${next}`);
  await facepage.call("GET", "/misp/manifest.json");
  await facepage.call("GET", "/misp/hashes.csv");
  await facepage.call("GET", `/misp/${eventUuid(id)}.json`);
  await facepage.call("GET", "/v1/indicators?type=ip&platform=x&from=chirper");
  await keepOnSchedule(await exchangeNow());
  const asked = observableId("domain-name", { value: "a.example" });
  await facepage.call("GET", `/taxii2/tips/collections/all/objects/?match[id]=${asked}`);
  await facepage.call("POST", "/v1/match", { questions: ["203.0.113.9", "a.example"] });
  await agency.feed();
  const { purposes } = (await agency.call("GET", "/v1/purposes?limit=1")).body;
  await agency.call("GET", `/v1/purposes?after=${purposes[0].purpose}`);
  const tool = await reader(agency, { addresses: [home] });
  await tool.read("/v1/feed");
  await agency.call("GET", `/v1/read-tokens?after=${tool.id}`);
  await agency.call("DELETE", `/v1/read-tokens/${tool.id}`);
  await agency.call("POST", `/v1/purposes/${purposes[0].purpose}/end`);
  const heard = await idle(facepage);
  await chirper.withdraw(id);
  await heard.until(({ told }) => told.some(([type]) => type === "withdrawn"));
  await endListening();
  await removeMember(await exchangeNow(), "cell", "facepage");
  await compromiseKey(await exchangeNow(), "chirper", chirper.signer.kid, "2020-01-01T00:00:00.000Z", undefined);
  await runSchedule(await exchangeNow(Date.now() + 900 * 86_400_000));
});

test("the statements of every door are known here, and none scans a growing table", async () => {
  expect(statements.size).toBeGreaterThan(60);
  expect(await newScans()).toEqual([]);
});
