/**
 * Mutations of valid requests over all routes, seeded: never a fault of the exchange's own, never a trace of its inside,
 * nothing half-stored, memory flat. `TIPOFF_FUZZ=100000 npm test` sends that many; a few thousand by default.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startRuntime } from "../../scripts/runtime.ts";
import { seed } from "../../scripts/seed.ts";
import { app } from "../../src/app.ts";
import { type Connection, connect } from "../../src/client/connect.ts";
import type { Profile } from "../../src/client/profile.ts";
import { makeSubscription } from "../../src/client/subscriptions.ts";
import { signTip, submit } from "../../src/client/tips.ts";
import { type Authorize, authorizer } from "./fuzz/authorize.ts";
import type { Known } from "./fuzz/material.ts";
import { pick, randomOf } from "./fuzz/mutate.ts";
import { nobodysHook, requests } from "./fuzz/requests.ts";
import { shape } from "./fuzz/shape.ts";
import { checkWhole, memoryOf, workerdOf } from "./inspect.ts";
import { freePort } from "./world.ts";

const count = Number(process.env.TIPOFF_FUZZ ?? 3_000);
const seedNumber = Number(process.env.TIPOFF_FUZZ_SEED ?? 20261125);
const state = mkdtempSync(path.join(tmpdir(), "tipoff-fuzz-"));
const home = path.join(state, "home");
const routes = [
  ...new Set(app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`)),
];

let runtime: Awaited<ReturnType<typeof startRuntime>>;
const connections = new Map<string, Connection>();
const authorizers = new Map<string, Authorize>();
let known: Known;

beforeAll(async () => {
  runtime = await startRuntime({ state, port: await freePort(), rate: 10_000_000, loopback: true });
  await seed(runtime.url, runtime.identity, home);
  for (const name of ["chirper", "facepage", "cyber-unit", "steward"]) {
    const profile = JSON.parse(readFileSync(path.join(home, "profiles", `${name}.json`), "utf8")) as Profile;
    const connection = await connect(profile);
    connections.set(name, connection);
    authorizers.set(name, authorizer(connection));
  }
  const chirper = connections.get("chirper")!;
  const operation = { id: crypto.randomUUID(), name: "Known" };
  const sent = await submit(
    chirper,
    await signTip(chirper, { tlp: "amber", operation, indicators: [] }, { to: ["platforms"] }),
  );
  const own = await chirper.call<{ audience_digest: string }>("GET", `/v1/tips/${sent.tip}`);
  const { next } = await chirper.call<{ next: string }>("GET", "/v1/feed");
  const { subscription } = await makeSubscription(chirper, { url: nobodysHook });
  known = {
    tip: sent.tip,
    subscription,
    digest: sent.digest,
    audience_digest: own.audience_digest,
    kid: chirper.profile.kid,
    cursor: next,
  };
}, 60_000);

afterAll(() => rmSync(state, { recursive: true, force: true }));

test("there is a valid request for every route", () => {
  expect(routes.filter((route) => !requests[route])).toEqual([]);
});

test(`${count} mutated requests meet no fault of the exchange's own, and leave nothing half-stored`, async () => {
  const random = randomOf(seedNumber);
  const statuses: Record<string, number> = {};
  const memory: number[] = [];
  const workerd = workerdOf(process.pid);
  let sent = 0;
  const one = async () => {
    const number = ++sent;
    const route = pick(random, routes);
    const given = requests[route]!(known);
    const caller = connections.get(given.as);
    const made = await shape(random, route, given, caller, authorizers.get(given.as) ?? (async () => ({})));
    const response = await fetch(runtime.url + made.path, {
      method: made.method,
      headers: made.headers,
      ...(made.body !== undefined && { body: made.body }),
      redirect: "manual",
    });
    const isStream = response.headers.get("content-type") === "text/event-stream";
    const text = isStream ? "" : await response.text();
    if (isStream) await response.body?.cancel();
    statuses[response.status] = (statuses[response.status] ?? 0) + 1;
    const told = `request ${number}, ${made.method} ${made.path} ${made.body?.slice(0, 500)}: ${text.slice(0, 500)}`;
    expect(response.status, told).toBeLessThan(500);
    expect(/\bat .+\.(js|ts):\d+|D1_ERROR|SQLITE|node_modules|TypeError|constraint failed/.test(text), told).toBe(
      false,
    );
    if (number % Math.max(500, Math.floor(count / 20)) === 0) memory.push(memoryOf(workerd));
  };
  await Promise.all(
    Array.from({ length: 12 }, async () => {
      while (sent < count) await one();
    }),
  );
  console.log(
    `Fuzz, seed ${seedNumber}: ${JSON.stringify(statuses)}; resident MiB ${memory.map((bytes) => Math.round(bytes / 1_048_576)).join(" ")}`,
  );
  expect(statuses[201]).toBeGreaterThan(0);
  expect(statuses[422]).toBeGreaterThan(0);
  await runtime.stop();
  expect(checkWhole(path.join(state, "data"))).toEqual([]);
  // The heap is warm after some ten thousand requests; from half of a long run on it must not grow with them.
  if (count >= 20_000) expect(memory.at(-1)!).toBeLessThan(memory[memory.length >> 1]! * 1.2);
}, 3_600_000);
