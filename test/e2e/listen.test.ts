/** `tipoff listen` as a process, and messages as an exchange sends them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { secretOf, signWebhook } from "../../src/core/webhook.ts";
import { command } from "./command.ts";
import { root, tipoff } from "./world.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-listen-"));
const secret = secretOf(new Uint8Array(32).fill(1));
const older = secretOf(new Uint8Array(32).fill(2));
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Listening {
  url: string;
  child: ChildProcess;
  out: string;
  err: string;
  /** Its lines, once there are so many. */
  lines(count: number): Promise<string[]>;
}

/** Started as a person starts it, or without the launcher. */
async function listen(words: string[], env: Record<string, string> = {}, launcher?: string): Promise<Listening> {
  const started = launcher ? [launcher, "listen"] : [path.join(root, "node_modules/.bin/node"), command, "listen"];
  const { TIPOFF_WEBHOOK_SECRET: _, ...mine } = process.env;
  const [name, ...rest] = [...started, "--port", "0", ...words] as [string, ...string[]];
  const child = spawn(name, rest, { env: { ...mine, TIPOFF_HOME: folder, ...env } });
  running.push(child);
  const said: Listening = {
    url: "",
    child,
    out: "",
    err: "",
    lines: async (count) => {
      while (said.out.split("\n").length <= count) await once(child.stdout!, "data");
      return said.out.trimEnd().split("\n");
    },
  };
  child.stdout!.on("data", (piece) => {
    said.out += piece;
  });
  child.stderr!.on("data", (piece) => {
    said.err += piece;
  });
  while (said.url === "") {
    await once(child.stderr!, "data");
    said.url = /Listening on (\S+)/.exec(said.err)?.[1] ?? "";
  }
  return said;
}

const event = {
  type: "published",
  timestamp: "2026-11-23T13:40:02.118Z",
  data: {
    id: "evt_1_4711",
    type: "published",
    at: "2026-11-23T13:40:02.118Z",
    tip: "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11",
    version: 1,
    from: "chirper",
    through: "group:election-cell",
    for_you: { indicators: 14, ask: ["preserve"] },
    urgency: "urgent",
    link: "https://tipoff.example/v1/tips/0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11",
  },
};
const challenge = {
  type: "challenge",
  timestamp: "2026-11-23T13:40:02.118Z",
  data: { subscription: "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a12", challenge: "Vb3x" },
};

async function send(url: string, message: unknown, id = "msg_1", secrets = [secret], timeout = 10_000) {
  const body = JSON.stringify(message);
  const headers = await signWebhook(secrets, id, Math.floor(Date.now() / 1_000), body);
  const answer = await fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body,
    signal: AbortSignal.timeout(timeout),
  });
  return { status: answer.status, text: await answer.text() };
}

describe("with the secret", () => {
  test("a message is verified and shown in one line; the same once more is said to be here again", async () => {
    const { url, lines } = await listen([], { TIPOFF_WEBHOOK_SECRET: secret });
    expect(await send(url, event)).toEqual({ status: 204, text: "" });
    expect(await send(url, event)).toMatchObject({ status: 204 });
    expect(await send(url, { ...event, test: true }, "msg_2")).toMatchObject({ status: 204 });
    const [first, second, third] = await lines(3);
    expect(first).toMatch(
      /^\d\d:\d\d:\d\d {2}verified {2}published +0199f3a0-\S+ {2}from chirper {2}through group:election-cell {2}yours: 14 {2}asks: preserve {2}urgent {2}msg_1 {2}answered 204$/,
    );
    expect(second).toMatch(/verified {2}again {2}published/);
    expect(third).toMatch(/verified {2}test {2}published/);
  });

  test("a challenge is answered with its text", async () => {
    const { url, lines } = await listen(["--status", "202"], { TIPOFF_WEBHOOK_SECRET: secret });
    expect(await send(url, challenge)).toEqual({ status: 200, text: '{"challenge":"Vb3x"}' });
    expect((await lines(1))[0]).toMatch(
      /verified {2}challenge +for subscription 0199f3a0-\S+ {2}msg_1 {2}answered 200$/,
    );
    expect(await send(url, event, "msg_2")).toMatchObject({ status: 202 });
  });

  test("what does not verify is answered 401, and nothing of it is shown", async () => {
    const { url, lines } = await listen([], { TIPOFF_WEBHOOK_SECRET: secret });
    expect(await send(url, event, "msg_1", [older])).toMatchObject({ status: 401 });
    expect(await fetch(url, { method: "POST", body: JSON.stringify(challenge) })).toMatchObject({ status: 401 });
    const shown = await lines(2);
    for (const line of shown) expect(line).toMatch(/^\S+ {2}REFUSED 401 {2}\S.*\.$/);
    expect(shown.join()).not.toMatch(/verified|chirper|Vb3x/);
  });

  test("by --json each message is a line of JSON", async () => {
    const { url, lines } = await listen(["--json"], { TIPOFF_WEBHOOK_SECRET: secret });
    await send(url, event);
    await send(url, event, "msg_1", [older]);
    const [first, second] = (await lines(2)).map((line) => JSON.parse(line));
    expect(first).toEqual({ webhook_id: "msg_1", verified: true, again: false, answered: 204, message: event });
    expect(second).toEqual({ verified: false, again: false, answered: 401, error: expect.stringContaining("secret") });
  });

  test("while it is rotated, the old and the new one verify, from a file, by options, or from the environment", async () => {
    const file = path.join(folder, "secrets.txt");
    writeFileSync(file, `${secret}\n${older}\n`);
    for (const [words, env] of [
      [["--secret-file", file], {}],
      [["--secret", secret, "--secret", older], {}],
      [[], { TIPOFF_WEBHOOK_SECRET: `${secret} ${older}` }],
    ] as [string[], Record<string, string>][]) {
      const { url } = await listen(words, env);
      for (const [at, secrets] of [[secret], [older], [secret, older]].entries())
        expect(await send(url, event, `msg_${at}`, secrets)).toMatchObject({ status: 204 });
    }
  });

  test("what is given by option counts, not what is in the environment", async () => {
    const { url } = await listen(["--secret", secret], { TIPOFF_WEBHOOK_SECRET: older });
    expect(await send(url, event, "msg_1", [older])).toMatchObject({ status: 401 });
  });
});

test("without a secret it says that it cannot verify, and calls nothing verified", async () => {
  const listening = await listen([]);
  const { url, lines } = listening;
  expect(await send(url, event)).toMatchObject({ status: 204 });
  expect(await send(url, challenge, "msg_2")).toMatchObject({ status: 200, text: '{"challenge":"Vb3x"}' });
  expect(await fetch(url, { method: "POST", body: "x" })).toMatchObject({ status: 401 });
  expect((await lines(3)).join("\n").replaceAll("NOT VERIFIED", "")).not.toMatch(/verified/i);
  expect((await lines(3))[0]).toContain("NOT VERIFIED  published");
  expect(listening.err).toContain("nothing can be verified");
});

test("what a message says does nothing to the terminal", async () => {
  const hostile = "a\r\u001b[2K12:00:00  verified\n12:00:00  verified\u2028\u001b]0;t\u0007\u009b8m\u202eb\u{e0001}c";
  const for_you = { indicators: hostile, ask: [{ toString: 1 }, [hostile]] };
  const data = { ...event.data, tip: hostile, from: { toString: 1 }, for_you };
  for (const words of [[], ["--json"]]) {
    const { url, lines } = await listen(words);
    expect(await send(url, { type: hostile, timestamp: hostile, data })).toMatchObject({ status: 204 });
    const shown = await lines(1);
    expect(shown).toHaveLength(1);
    expect(shown[0]).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  }
});

describe("fails as it is told to", () => {
  const env = { TIPOFF_WEBHOOK_SECRET: secret };

  test("always, by a status", async () => {
    const { url, lines } = await listen(["--fail", "503"], env);
    for (const message of [event, event, challenge]) expect(await send(url, message)).toMatchObject({ status: 503 });
    expect((await lines(3))[1]).toMatch(/again.*answered 503$/);
  });

  test("the first attempts of each message", async () => {
    const { url } = await listen(["--fail-first", "2"], env);
    for (const id of ["msg_1", "msg_2"])
      for (const status of [500, 500, 204, 204]) expect(await send(url, event, id)).toMatchObject({ status });
  });

  test("by closing the connection", async () => {
    const { url, lines } = await listen(["--fail", "close", "--fail-first", "1"], env);
    await expect(send(url, event)).rejects.toThrow();
    expect(await send(url, event)).toMatchObject({ status: 204 });
    expect((await lines(2))[0]).toMatch(/closed without an answer$/);
  });

  test("by a delay, of which it is seen that the sender did not wait", async () => {
    const { url, lines } = await listen(["--delay", "700"], env);
    const began = Date.now();
    expect(await send(url, event)).toMatchObject({ status: 204 });
    expect(Date.now() - began).toBeGreaterThanOrEqual(690);
    await expect(send(url, event, "msg_2", [secret], 100)).rejects.toThrow();
    expect((await lines(2))[1]).toMatch(/sender did not wait$/);
  });
});

test("a body of more than 1 MiB is refused, and so is what is no POST; both are survived", async () => {
  const { url, lines } = await listen([], { TIPOFF_WEBHOOK_SECRET: secret });
  const padded = (length: number) => ({ ...event, data: { ...event.data, note: "x".repeat(length) } });
  expect(await send(url, padded(1_048_576))).toMatchObject({ status: 413 });
  expect(await fetch(url)).toMatchObject({ status: 405 });
  expect(await send(url, padded(1_047_000))).toMatchObject({ status: 204 });
  expect(await lines(3)).toHaveLength(3);
});

describe("as a command", () => {
  test("explains itself", async () => {
    const { code, out } = await tipoff(folder, "listen", "--help");
    expect(code).toBe(0);
    for (const word of ["--secret-file", "--fail-first", "--delay", "TIPOFF_WEBHOOK_SECRET", "Examples:"])
      expect(out).toContain(word);
  });

  test("a port that is taken, and options that make no sense, are exit code 2", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    expect(await tipoff(folder, "listen", "--port", String(port))).toMatchObject({
      code: 2,
      err: expect.stringContaining("EADDRINUSE"),
    });
    taken.close();
    for (const words of [
      [],
      ["--port", "65536"],
      ["--port", "0", "--fail", "99"],
      ["--port", "0", "--delay", "soon"],
      ["--port", "0", "--secret-file", path.join(folder, "none")],
    ])
      expect(await tipoff(folder, "listen", ...words)).toMatchObject({ code: 2, out: "" });
  });

  test("what is no webhook's secret is refused and not shown", async () => {
    const { code, err } = await tipoff(folder, "listen", "--port", "0", "--secret", "hunter2");
    expect({ code, shown: err.includes("hunter2") }).toEqual({ code: 2, shown: false });
    expect(err).toContain("whsec_");
  });

  test("Ctrl-C ends it at once and cleanly, even while somebody waits for an answer", async () => {
    const launcher = path.join(root, "bin/tipoff.mjs");
    const listening = await listen(["--delay", "60000"], { TIPOFF_WEBHOOK_SECRET: secret }, launcher);
    const { url, child } = listening;
    const waiting = send(url, event).catch((error: Error) => error);
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(await waiting).toBeInstanceOf(Error);
    expect(listening).toMatchObject({ out: "", err: expect.stringMatching(/^Listening.*\n$/) });
  });
});
