/**
 * Not there and not yours cannot be told apart at any door: by status, body or header, nor by time. Of time the statistic is
 * the area under the ROC curve (the chance that a random "not yours" takes longer than a random "not there"); 0.5 tells
 * nothing. Both kinds are asked in turns, so a slow machine blurs them alike and can only hide a difference, not make one.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startRuntime } from "../../scripts/runtime.ts";
import { seed } from "../../scripts/seed.ts";
import { type Connection, connect } from "../../src/client/connect.ts";
import type { Profile } from "../../src/client/profile.ts";
import { newTipId, signTip, submit } from "../../src/client/tips.ts";
import { type Authorize, authorizer } from "./fuzz/authorize.ts";
import { freePort } from "./world.ts";

/** `TIPOFF_TRIES=500` measures more closely. */
const tries = Number(process.env.TIPOFF_TRIES ?? 200);
/** By how much the statistic strays where there is nothing to tell (Mann and Whitney), over four times. */
const strays = (pairs: number) => 4.2 * Math.sqrt((2 * pairs + 1) / (12 * pairs * pairs));
const state = mkdtempSync(path.join(tmpdir(), "tipoff-apart-"));

let runtime: Awaited<ReturnType<typeof startRuntime>>;
let authorize: Authorize;
/** Tips of chirper's to facepage alone, with the operation and the value each is about, and a key of chirper's. */
const hidden: { tip: string; operation: string; value: string }[] = [];
let kid: string;

beforeAll(async () => {
  runtime = await startRuntime({ state, port: await freePort(), rate: 10_000_000 });
  const home = path.join(state, "home");
  await seed(runtime.url, runtime.identity, home);
  const open = (name: string): Promise<Connection> =>
    connect(JSON.parse(readFileSync(path.join(home, "profiles", `${name}.json`), "utf8")) as Profile);
  const chirper = await open("chirper");
  kid = chirper.profile.kid;
  for (let n = 0; n < 40; n++) {
    const operation = crypto.randomUUID();
    const value = `hidden-${n}.example`;
    const indicators = [
      { type: "domain", value },
      ...Array.from({ length: 200 }, (_, i) => ({ type: "domain", value: `more-${n}-${i}.example` })),
    ];
    const { tip } = await submit(
      chirper,
      await signTip(
        chirper,
        { tlp: "red", operation: { id: operation, name: "Hidden" }, indicators },
        { to: ["partner:facepage"] },
      ),
    );
    hidden.push({ tip, operation, value });
  }
  authorize = authorizer(await open("observatory"));
}, 60_000);

afterAll(async () => {
  await runtime.stop();
  rmSync(state, { recursive: true, force: true });
});

interface Asked {
  method: string;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
}
/** Each door: the request for something that is not the caller's, and the same for something that is not there. */
const doors: Record<string, (n: number) => [notYours: Asked, notThere: Asked]> = {
  "GET /v1/tips/{tip}": (n) => bothOf(n, (tip) => ({ method: "GET", path: `/v1/tips/${tip}` })),
  "GET /v1/tips/{tip} as JOSE": (n) =>
    bothOf(n, (tip) => ({ method: "GET", path: `/v1/tips/${tip}`, headers: { accept: "application/jose+json" } })),
  "GET /v1/tips/{tip}/accesses": (n) => bothOf(n, (tip) => ({ method: "GET", path: `/v1/tips/${tip}/accesses` })),
  "GET /v1/accesses?tip=": (n) => bothOf(n, (tip) => ({ method: "GET", path: `/v1/accesses?tip=${tip}` })),
  "PUT /v1/tips/{tip}/audience": (n) =>
    bothOf(n, (tip) => ({ method: "PUT", path: `/v1/tips/${tip}/audience`, body: {} })),
  "POST /v1/tips/{tip}/withdrawal": (n) =>
    bothOf(n, (tip) => ({ method: "POST", path: `/v1/tips/${tip}/withdrawal`, body: {} })),
  "GET /v1/operations/{operation}": (n) => [
    { method: "GET", path: `/v1/operations/${hiddenAt(n).operation}` },
    { method: "GET", path: `/v1/operations/${crypto.randomUUID()}` },
  ],
  "GET /v1/tips?operation=": (n) => [
    { method: "GET", path: `/v1/tips?operation=${hiddenAt(n).operation}` },
    { method: "GET", path: `/v1/tips?operation=${crypto.randomUUID()}` },
  ],
  "GET /v1/indicators?operation=": (n) => [
    { method: "GET", path: `/v1/indicators?operation=${hiddenAt(n).operation}` },
    { method: "GET", path: `/v1/indicators?operation=${crypto.randomUUID()}` },
  ],
  "POST /v1/match": (n) => [
    { method: "POST", path: "/v1/match", body: { questions: [{ type: "domain", value: hiddenAt(n).value }] } },
    { method: "POST", path: "/v1/match", body: { questions: [{ type: "domain", value: `nowher-${n % 40}.example` }] } },
  ],
  "POST /v1/keys/{kid}/retire": () => [
    { method: "POST", path: `/v1/keys/${kid}/retire` },
    { method: "POST", path: `/v1/keys/${"A".repeat(43)}/retire` },
  ],
  "GET /v1/groups/{group}": () => [
    { method: "GET", path: "/v1/groups/harbour-forum" },
    { method: "GET", path: "/v1/groups/harbour-foram" },
  ],
};
const hiddenAt = (n: number) => hidden[n % hidden.length]!;
const bothOf = (n: number, ask: (tip: string) => Asked): [Asked, Asked] => [ask(hiddenAt(n).tip), ask(newTipId())];

async function send({ method, path: at, body, headers }: Asked): Promise<{ ms: number; told: unknown }> {
  const all = {
    ...(await authorize(method, at)),
    ...headers,
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  const began = performance.now();
  const response = await fetch(runtime.url + at, {
    method,
    headers: all,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const ms = performance.now() - began;
  const shown = [...response.headers].filter(([name]) => name !== "x-request-id" && name !== "date");
  // What was asked is said back by a match; that differs by what was asked, not by what is there.
  return { ms, told: { status: response.status, headers: shown, body: text.replace(/(hidden|nowher)-\d+/g, "value") } };
}

/** The chance that one of `a` is greater than one of `b`, ties counting half. */
export function areaUnderCurve(a: readonly number[], b: readonly number[]): number {
  const ranked = [...a.map((ms) => [ms, 1] as const), ...b.map((ms) => [ms, 0] as const)].sort((x, y) => x[0] - y[0]);
  let below = 0;
  let sum = 0;
  for (const [, isA] of ranked) {
    if (isA) sum += below;
    else below++;
  }
  return sum / (a.length * b.length);
}

const median = (list: readonly number[]): number => [...list].sort((x, y) => x - y)[list.length >> 1]!;

/** Asks that many pairs, and says how well their times tell them apart. */
async function measure(door: string, make: (n: number) => [Asked, Asked], pairs: number): Promise<number> {
  const [yours, there]: [number[], number[]] = [[], []];
  for (let n = -20; n < pairs; n++) {
    const pair = make(n + 20);
    // Who goes first changes, since the second finds warmer caches.
    const order = n % 2 === 0 ? [0, 1] : [1, 0];
    const answers: { ms: number; told: unknown }[] = [];
    for (const at of order) answers[at] = await send(pair[at]!);
    expect(answers[0]!.told).toEqual(answers[1]!.told);
    if (n < 0) continue;
    yours.push(answers[0]!.ms);
    there.push(answers[1]!.ms);
  }
  const area = areaUnderCurve(yours, there);
  console.log(
    `${door}: ${pairs} pairs, area ${area.toFixed(3)}, median ${median(yours).toFixed(2)} and ${median(there).toFixed(2)} ms`,
  );
  return area;
}

test.each(Object.entries(doors))(
  "%s",
  async (door, make) => {
    const first = await measure(door, make, tries);
    if (Math.abs(first - 0.5) < strays(tries)) return;
    // What can be told is told again, and more clearly, by more; what was chance is not.
    const area = await measure(door, make, 4 * tries);
    expect(Math.abs(area - 0.5), `area ${area}`).toBeLessThan(strays(4 * tries));
  },
  120_000,
);
