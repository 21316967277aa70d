/** A partner's day: what is used up is 429 with when to go on, and nothing is stored. */
import { beforeEach, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { dayOf } from "../../src/core/time.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { use } from "../../src/store/quotas.ts";
import { url } from "./http.ts";
import type { Member } from "./member.ts";
import { enrol, freshWorld, ground } from "./world.ts";

let chirper: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
});

const spend = (used: Parameters<typeof use>[2]) => batch(ground(), [use("chirper", dayOf(Date.now()), used)]);
const isRefused = (answer: { status: number; body: { type: string }; headers: Headers }) => {
  expect([answer.status, answer.body.type]).toEqual([429, `${url}/problems/quota`]);
  const wait = Number(answer.headers.get("retry-after"));
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(86_400);
};

test("requests", async () => {
  await spend({ requests: limits.quota.requests });
  isRefused(await chirper.call("GET", "/v1/me"));
});

test.each(["index_keys", "bytes"] as const)("%s stop submissions, and reading goes on", async (kind) => {
  await spend({ [kind]: limits.quota[kind] });
  isRefused((await chirper.submit(["platforms"])).answer);
  expect(await all(ground(), sql`SELECT count(*) AS n FROM tip`)).toEqual([{ n: 0 }]);
  expect((await chirper.call("GET", "/v1/feed")).status).toBe(200);
});

test("questions stop matching alone", async () => {
  await spend({ questions: limits.quota.questions });
  isRefused(await chirper.call("POST", "/v1/match", { questions: ["a.example"] }));
  expect((await chirper.submit(["platforms"])).answer.status).toBe(201);
});
