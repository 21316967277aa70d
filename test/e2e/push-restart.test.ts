/** What `npm start` keeps of webhooks: subscriptions and what waits to be sent outlive a restart, and a runtime killed half-way. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { bundle, startRuntime } from "../../scripts/runtime.ts";
import { connect } from "../../src/client/connect.ts";
import type { Profile } from "../../src/client/profile.ts";
import { listDeliveries, makeSubscription } from "../../src/client/subscriptions.ts";
import { signTip, submit } from "../../src/client/tips.ts";
import { verifyWebhook } from "../../src/client/webhook.ts";
import type { DeliveryState } from "../../src/core/names.ts";
import { freePort, root } from "./world.ts";

const state = mkdtempSync(path.join(tmpdir(), "tipoff-restart-"));
let port: number;
let running: ChildProcess | undefined;
let endpoint: Server;
let hook: string;
/** What came, verified; each with what it was answered. */
const received: { id: string; tip: string; answered: number }[] = [];
let answers: number;
let secret: string;
let id: string;

/** A group of its own, so that workerd can be killed in the same instant. */
function start(): Promise<void> {
  const { TIPOFF_HOME: _, ...env } = process.env;
  const words = ["scripts/start.ts", "--port", String(port), "--state", state];
  const child = spawn(path.join(root, "node_modules/.bin/node"), words, { cwd: root, env, detached: true });
  running = child;
  return new Promise((resolve, reject) => {
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (piece: Buffer) => {
        said += piece;
        if (said.includes("Ctrl-C stops it.")) resolve();
      });
    child.on("exit", () => reject(new Error(said)));
  });
}

async function end(signal: "SIGINT" | "SIGKILL"): Promise<void> {
  const child = running!;
  running = undefined;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  if (signal === "SIGKILL") process.kill(-child.pid!, signal);
  else child.kill(signal);
  await ended;
}

const as = (slug: string) =>
  connect(JSON.parse(readFileSync(path.join(state, `home/profiles/${slug}.json`), "utf8")) as Profile);

async function tip(): Promise<string> {
  const operation = { id: crypto.randomUUID(), name: "Harbour Lantern" };
  const chirper = await as("chirper");
  return (
    await submit(chirper, await signTip(chirper, { tlp: "amber", operation, indicators: [] }, { to: ["platforms"] }))
  ).tip;
}

async function came(count: number, those = () => received): Promise<void> {
  for (const until = Date.now() + 90_000; those().length < count; ) {
    if (Date.now() > until) throw new Error(`${those().length} of ${count} came.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The exchange has written down that a delivery is in that state: that message's, where one is named. */
async function logged(state: DeliveryState, message?: string): Promise<void> {
  const facepage = await as("facepage");
  for (;;) {
    for await (const { event } of listDeliveries(facepage, id, { state }))
      if (message === undefined || event === message) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

beforeAll(async () => {
  port = await freePort();
  endpoint = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    const { type, data } = JSON.parse(body);
    if (type === "challenge") return response.end(JSON.stringify({ challenge: data.challenge }));
    const verified = await verifyWebhook({ headers: request.headers, body }, secret);
    if (!verified.ok) return response.writeHead(401).end(verified.error);
    received.push({ id: verified.value.webhook_id, tip: data.tip, answered: answers });
    return response.writeHead(answers).end();
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  hook = `http://127.0.0.1:${(endpoint.address() as { port: number }).port}/hook`;
  await start();
  const made = await makeSubscription(await as("facepage"), { url: hook });
  expect(made.state).toBe("active");
  [id, secret] = [made.subscription, made.secret];
});
afterEach(() => {
  received.length = 0;
});
afterAll(async () => {
  if (running) await end("SIGINT");
  endpoint?.close();
  rmSync(state, { recursive: true, force: true });
});

test("a subscription made before the exchange was stopped is called after it was started again", async () => {
  answers = 204;
  const before = await tip();
  await came(1);
  await logged("delivered");
  await end("SIGINT");
  await start();
  const after = await tip();
  await came(2);
  // What was delivered before is known, and not sent again.
  expect(received.map((each) => each.tip)).toEqual([before, after]);
});

test.each([
  ["waits for its retry", true],
  ["is on its way", false],
])(
  "a delivery that %s while the runtime is killed is made after the next start, under the same id",
  async (_when, waits) => {
    answers = 503;
    const sent = await tip();
    await came(1);
    const facepage = await as("facepage");
    const waiting = async () => (await listDeliveries(facepage, id, { state: "waiting" }).next()).value;
    while (waits && !(await waiting())) await new Promise((resolve) => setTimeout(resolve, 50));
    await end("SIGKILL");
    answers = 204;
    await start();
    await came(2);
    expect(received).toEqual([
      { id: received[0]!.id, tip: sent, answered: 503 },
      { id: received[0]!.id, tip: sent, answered: 204 },
    ]);
  },
);

test("a tip accepted a moment before the runtime is killed is told after the next start", async () => {
  answers = 204;
  const sent = await tip();
  await end("SIGKILL");
  await start();
  await came(1);
  expect(received.at(-1)).toMatchObject({ tip: sent });
  expect(new Set(received.map((each) => each.tip)).size).toBe(1);
});

test("while the exchange is closed nothing is sent, and what waited is sent once it is open again", async () => {
  answers = 503;
  const sent = await tip();
  // What the test before killed half-way may come again by now.
  const mine = () => received.filter((each) => each.tip === sent);
  await came(1, mine);
  await logged("waiting", mine()[0]!.id);
  await end("SIGINT");
  // A slow machine may have made the retry before it was closed.
  const before = received.length;
  const tried = mine().length;
  answers = 204;
  const closed = await startRuntime({ state, port, script: bundle(path.join(state, "closed"), "src/closed.ts") });
  // The retry was due after some five seconds.
  await new Promise((resolve) => setTimeout(resolve, 8_000));
  expect((await fetch(`${closed.url}/v1/tips`)).status).toBe(503);
  await closed.tick();
  await closed.stop();
  expect(received).toHaveLength(before);
  await start();
  await came(tried + 1, mine);
  expect(mine().at(-1)).toEqual({ id: mine()[0]!.id, tip: sent, answered: 204 });
});
