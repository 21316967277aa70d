/** The stream over real sockets: the command line follows it, the library puts it together again, and who hangs up is let go. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect as connectSocket, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../../src/client/connect.ts";
import { feed } from "../../src/client/feed.ts";
import type { Profile } from "../../src/client/profile.ts";
import { limits } from "../../src/core/limits.ts";
import { freePort, root, type Started, start, tipoff } from "./world.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-stream-"));
const state = path.join(folder, "state");
const home = path.join(state, "home");
let port: number;
let exchange: Started;
let names = 0;

beforeAll(async () => {
  port = await freePort();
  exchange = await start(state, port);
});
afterAll(async () => {
  await exchange?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const profile = (name: string): Profile =>
  JSON.parse(readFileSync(path.join(home, "profiles", `${name}.json`), "utf8")) as Profile;

async function publish(to = "platforms"): Promise<string> {
  const name = `stream-${++names}`;
  const file = path.join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ tlp: "amber", operation: { name }, indicators: [] }));
  const { code, out, err } = await tipoff(home, "--as", "chirper", "--json", "tip", "submit", file, "--to", to);
  expect(code, err).toBe(0);
  return (JSON.parse(out) as { tip: string }).tip;
}

async function until(holds: () => boolean, seconds = 15): Promise<void> {
  for (const end = Date.now() + seconds * 1_000; !holds() && Date.now() < end; )
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(holds()).toBe(true);
}

/** `tipoff feed --follow`, running. */
const following = (as: string, ...words: string[]) => running(as, "feed", "--follow", ...words);
function running(as: string, ...words: string[]) {
  const child: ChildProcess = spawn(path.join(root, "bin/tipoff.mjs"), ["--as", as, ...words], {
    env: { ...process.env, TIPOFF_HOME: home },
  });
  const ran = { out: "", err: "", stop };
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  function stop(signal: "SIGINT" | "SIGTERM" = "SIGINT") {
    child.kill(signal);
    return ended;
  }
  child.stdout!.on("data", (piece) => (ran.out += piece));
  child.stderr!.on("data", (piece) => (ran.err += piece));
  return ran;
}
const count = (text: string, part: string): number => text.split(part).length - 1;

describe("tipoff feed --follow", () => {
  test("prints each event as it comes, ends with exit 0 on Ctrl-C, and goes on behind it the next time", async () => {
    const first = await publish();
    const ran = following("facepage");
    await until(() => ran.out.includes(first));
    const second = await publish();
    await until(() => ran.out.includes(second), 3);
    expect(ran.out).toContain(`published       ${second}  from chirper  through platforms  stream-${names}`);
    expect([await ran.stop(), ran.err]).toEqual([0, ""]);
    const third = await publish();
    const again = following("facepage");
    await until(() => again.out.includes(third));
    expect(await again.stop("SIGTERM")).toBe(0);
    expect(again.out).not.toContain(second);
    expect((await tipoff(home, "--as", "facepage", "feed")).out).toBe("");
  });

  test("says on stderr that the connection broke, and prints what happened meanwhile once", async () => {
    const before = await publish();
    const ran = following("observatory", "--from-start");
    const research = await publish("research");
    await until(() => ran.out.includes(research));
    await exchange.stop();
    await until(() => ran.err.includes("connecting again"));
    exchange = await start(state, port);
    const after = await publish("research");
    await until(() => ran.out.includes(after), 20);
    expect(await ran.stop()).toBe(0);
    expect(ran.err).toContain("cannot be reached; connecting again, behind the last event.");
    expect([research, after, before].map((tip) => count(ran.out, tip))).toEqual([1, 1, 0]);
  });
});

test("a mirror that follows says that it does, what it deletes and that the exchange is away, and ends on Ctrl-C", async () => {
  const copy = path.join(folder, "mirror");
  const ran = running("facepage", "mirror", copy, "--follow");
  await until(() => /holds \d+ indicators of \d+ tips, and follows what happens/.test(ran.err));
  const tip = await publish();
  await until(() => ran.err.includes("1 event read\n"));
  expect(await tipoff(home, "--as", "chirper", "tip", "withdraw", tip, "--reason", "mistake")).toMatchObject({
    code: 0,
    out: expect.stringContaining(`tipoff tip recall ${tip}`),
  });
  await until(() => ran.err.includes("1 event read  1 tip deleted or replaced\n"));
  await exchange.stop();
  await until(() => ran.err.includes("cannot be reached; connecting again"));
  exchange = await start(state, port);
  expect([await ran.stop(), ran.out]).toEqual([0, expect.stringContaining("1 tips deleted or replaced")]);
  const { err } = await tipoff(home, "--as", "facepage", "feed");
  expect(err).toContain("tipoff acknowledge TIP --outcome deleted");
});

// Beside each other: the second mostly waits.
test.concurrent("the library gives every event once, in order, over a line that is cut again and again", async () => {
  const cutting = await cuttingProxy(port);
  const connection = await connect({ ...profile("facepage"), url: `http://127.0.0.1:${cutting.port}` });
  const stop = new AbortController();
  const told: string[] = [];
  const troubles: unknown[] = [];
  const after = (await connection.call<{ next: string }>("GET", "/v1/feed?limit=1000")).next;
  const reading = (async () => {
    const options = { after, follow: true, trouble: (error: unknown) => troubles.push(error) } as const;
    for await (const event of feed(connection.within({ signal: stop.signal }), options)) told.push(event.tip!);
  })().catch((error: unknown) => error);
  const sent: string[] = [];
  for (let n = 0; n < 5; n++) {
    sent.push(await publish());
    if (n % 2) cutting.cut();
  }
  await until(() => told.length >= sent.length, 20);
  stop.abort(new Error("enough"));
  expect(await reading).toMatchObject({ message: "enough" });
  expect(told).toEqual(sent);
  expect(troubles.length).toBeGreaterThan(0);
  cutting.close();
}, 60_000);

test.concurrent("who hangs up has its place back within a heartbeat, and is told when to come back until then", async () => {
  const connection = await connect(profile("cyber-unit"));
  const stop = new AbortController();
  const bounded = connection.within({ signal: stop.signal });
  for (let n = 0; n < limits.waiting.connections; n++) {
    const reader = (await bounded.open("/v1/stream")).body!.getReader();
    expect((await reader.read()).done).toBe(false);
  }
  await expect(connection.open("/v1/stream")).rejects.toMatchObject({ status: 429, slug: "rate", retry_after: 5 });
  stop.abort();
  await new Promise((resolve) => setTimeout(resolve, limits.waiting.beat_seconds * 1_000 + 1_000));
  const last = await connection.open("/v1/stream");
  expect(last.status).toBe(200);
  await last.body!.cancel();
}, 60_000);

/** Passes everything on until it is told to cut the lines that are open. */
async function cuttingProxy(target: number) {
  const lines = new Set<{ destroy(): void }>();
  const server = createServer((near) => {
    const far = connectSocket(target, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      lines.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        lines.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const line of lines) line.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    close: () => {
      cut();
      server.close();
    },
  };
}
