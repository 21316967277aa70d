/** `tipoff subscription` and `tipoff listen` against a running exchange: what is sent, seen, sent again, and ended. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Connection, connect } from "../../src/client/connect.ts";
import type { Profile } from "../../src/client/profile.ts";
import {
  deleteSubscription,
  listSubscriptions,
  makeSubscription,
  type SubscriptionFilters,
} from "../../src/client/subscriptions.ts";
import { signTip, submit, type TipContent } from "../../src/client/tips.ts";
import { secretOf } from "../../src/core/webhook.ts";
import { endListeners, listen } from "./subscriber.ts";
import { freePort, type Ran, type Started, start, tipoff } from "./world.ts";

type Row = Record<string, any>;

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-subscription-"));
const home = path.join(folder, "state/home");
let exchange: Started;
let port: number;
let hook: string;

const run = (as: string, ...words: string[]): Promise<Ran> => tipoff(home, "--as", as, ...words);
const facepage = (...words: string[]): Promise<Ran> => run("facepage", "subscription", ...words);
const json = async (as: string, ...words: string[]): Promise<Row> => {
  const { code, out, err } = await run(as, "--json", ...words);
  expect(code, err).toBe(0);
  return JSON.parse(out) as Row;
};
const inFolder = (name: string): string => path.join(folder, name);
let me: Connection;
let chirper: Connection;

/** Chirper tips off facepage; the tip's id. */
async function tip(to = "platforms"): Promise<string> {
  const content = {
    tlp: "amber" as const,
    ask: { for: ["preserve"], urgency: "urgent" },
    operation: { id: crypto.randomUUID(), name: "Harbour Lantern" },
    indicators: [{ type: "account", platform: "facepage", kind: "page", id: "100", control: "operated" }],
  };
  return (await submit(chirper, await signTip(chirper, content as TipContent, { to: [to] }))).tip;
}
async function until<Value>(read: () => Promise<Value | undefined>): Promise<Value> {
  for (const end = Date.now() + 30_000; ; ) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error("It did not come.");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
/** A proved subscription of facepage's; its secret in a file. */
async function subscribed(filters: SubscriptionFilters = {}): Promise<{ id: string; file: string }> {
  const endpoint = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    response.end(JSON.parse(body).data.challenge);
  });
  await new Promise<void>((resolve) => endpoint.listen(port, "127.0.0.1", resolve));
  const made = await makeSubscription(me, { url: hook, filters });
  endpoint.closeAllConnections();
  await new Promise((resolve) => endpoint.close(resolve));
  expect(made).toMatchObject({ state: "active", proof: { outcome: "delivered", status: 200 } });
  const file = inFolder(`${made.subscription}.secret`);
  writeFileSync(file, made.secret, { mode: 0o600 });
  return { id: made.subscription, file };
}

beforeAll(async () => {
  port = await freePort();
  hook = `http://127.0.0.1:${port}/hook`;
  exchange = await start(path.join(folder, "state"), await freePort());
  const connection = (slug: string) =>
    connect(JSON.parse(readFileSync(path.join(home, `profiles/${slug}.json`), "utf8")) as Profile);
  [me, chirper] = [await connection("facepage"), await connection("chirper")];
});
afterEach(async () => {
  await endListeners();
  for (const { subscription } of await listSubscriptions(me)) await deleteSubscription(me, subscription);
});
afterAll(async () => {
  await exchange?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("what happens is sent", () => {
  test("a tip is called within a second, verified by the secret in the file, in the log, and sent again on request", async () => {
    const file = inFolder("hook.secret");
    // It verifies nothing yet, and so proves itself.
    const proving = await listen(port);
    const made = await json("facepage", "subscription", "add", hook, "--secret-file", file);
    expect(made).toMatchObject({ state: "active", proof: { outcome: "delivered", status: 200 }, secret_file: file });
    expect(JSON.stringify(made)).not.toContain("whsec_");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await proving.end();
    const id = made.subscription as string;
    const listener = await listen(port, ["--secret-file", file]);
    const sent = await tip();
    const [line] = await listener.saw(/published/);
    expect(line).toMatch(
      new RegExp(`verified {2}published +${sent} {2}from chirper .*yours: 1 .*preserve .*urgent .*answered 204$`),
    );
    const event = /evt_\S+/.exec(line!)![0];
    const shown = await until(async () => {
      const { out } = await facepage("deliveries", id.slice(0, 8));
      return /delivered/.test(out) ? out : undefined;
    });
    expect(shown).toMatch(new RegExp(`${event} +delivered +published +${sent} +chirper +1 +\\d{4}-.* 204`));
    expect(await facepage("resend", id.slice(0, 8), event)).toMatchObject({
      code: 0,
      out: expect.stringContaining(`${event} is going to be sent`),
    });
    expect((await listener.saw(/again/))[0]).toContain(event);
    expect(await facepage("resend", id, "evt_1_999999")).toMatchObject({ code: 1, err: expect.stringMatching(/404/) });
  });

  test("while the secret is rotated the old and the new one verify; the file has both", async () => {
    const { id, file } = await subscribed();
    const [before] = readFileSync(file, "utf8").trim().split("\n");
    const rotated = await facepage("rotate", id, "--secret-file", file);
    expect(rotated, rotated.err).toMatchObject({ code: 0, out: expect.stringContaining("signs too until") });
    expect(rotated.out).not.toContain("whsec_");
    const both = readFileSync(file, "utf8").trim().split("\n");
    expect(both).toEqual([expect.stringMatching(/^whsec_/), before]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const secret of both) {
      const one = inFolder("one.secret");
      writeFileSync(one, secret);
      const listener = await listen(port, ["--secret-file", one]);
      await tip();
      await listener.saw(/verified {2}published/);
      await listener.end();
    }
    const dropped = await json("facepage", "subscription", "rotate", id, "--drop-former");
    const listener = await listen(port, ["--secret-file", file, "--status", "202"]);
    await tip();
    expect((await listener.saw(/REFUSED 401/))[0]).toContain("401");
    await listener.end();
    writeFileSync(file, `${dropped.secret}\n`);
    await (await listen(port, ["--secret-file", file])).saw(/verified {2}published/);
  });

  test("an endpoint that fails once is tried again after seconds, and its answers are in the log", async () => {
    const { id, file } = await subscribed();
    const listener = await listen(port, ["--secret-file", file, "--fail", "503", "--fail-first", "1"]);
    await tip();
    await listener.saw(/again .*published.*answered 204/);
    const { deliveries } = await until(async () => {
      const found = await json("facepage", "subscription", "deliveries", id, "--state", "delivered");
      return found.deliveries.length > 0 ? found : undefined;
    });
    expect(deliveries[0].attempts.map(({ status }: Row) => status)).toEqual([503, 204]);
  });
});

describe("an endpoint that is gone", () => {
  test("410 pauses it, which the feed says; resumed it is sent what came meanwhile", async () => {
    const { id, file } = await subscribed();
    await run("facepage", "feed");
    const gone = await listen(port, ["--secret-file", file, "--fail", "410"]);
    const first = await tip();
    await gone.saw(/published/);
    await gone.end();
    const shown = await until(async () => {
      const { out } = await facepage("show", id);
      return /paused/.test(out) ? out : undefined;
    });
    expect(shown).toMatch(/its endpoint answered 410[\s\S]*subscription resume[\s\S]*subscription recover/);
    expect((await run("facepage", "feed")).out).toMatch(new RegExp(`subscription_paused {2}subscription ${id}`));
    const second = await tip();
    const listener = await listen(port, ["--secret-file", file]);
    expect(await facepage("resume", id)).toMatchObject({ code: 0, out: expect.stringContaining(`${id}: active`) });
    for (const one of [first, second]) await listener.saw(new RegExp(`verified.*published +${one}`));
  });

  test("recover sends what came before there was a subscription, and nothing that was delivered", async () => {
    const early = await tip();
    const { id, file } = await subscribed();
    const listener = await listen(port, ["--secret-file", file]);
    expect(await facepage("recover", id, "--since", "10m")).toMatchObject({ code: 0 });
    await listener.saw(new RegExp(`published +${early}`));
    const before = listener.lines().length;
    await facepage("recover", id, "--since", "10m");
    const late = await tip();
    await listener.saw(new RegExp(`published +${late}`));
    expect(listener.lines().length).toBe(before + 1);
    expect(await facepage("recover", id, "--since", "15d")).toMatchObject({
      code: 1,
      err: expect.stringContaining("/since"),
    });
  });
});

describe("proving", () => {
  test("an endpoint that verifies has no secret yet: add says what to do, prove does it", async () => {
    const file = inFolder("later.secret");
    writeFileSync(inFolder("other.secret"), secretOf(new Uint8Array(32).fill(7)));
    const without = await listen(port, ["--secret-file", inFolder("other.secret")]);
    const added = await facepage("add", hook, "--secret-file", file);
    expect(added.code).toBe(0);
    expect(added.out).toMatch(
      /Nothing is sent yet: its endpoint answered 401\.\nGive it the secret.*\n {2}tipoff subscription prove/,
    );
    const [id] = /[0-9a-f]{8}-\S{27}/.exec(added.out)!;
    expect(await facepage("prove", id!.slice(0, 6))).toMatchObject({
      code: 1,
      err: expect.stringMatching(/409 not-proved.*It answered 401/),
    });
    expect(await facepage("test", id!)).toMatchObject({ code: 1, err: expect.stringContaining("not-proved") });
    await without.end();
    const listener = await listen(port, ["--secret-file", file]);
    expect(await facepage("prove", id!)).toMatchObject({ code: 0, out: expect.stringContaining("is proved") });
    await listener.saw(/verified {2}challenge/);
    const tested = await facepage("test", id!, "--types", "published,withdrawn");
    expect(tested).toMatchObject({ code: 0, out: expect.stringMatching(/withdrawn +answered 204/) });
    await listener.saw(/verified {2}test {2}(published|withdrawn)/, 2);
    await listener.end();
    expect(await facepage("test", id!, "--types", "published")).toMatchObject({
      code: 1,
      out: expect.stringContaining("could not be reached"),
    });
  });

  test("a chat is proved by the text that arrived there, and then reads sentences", async () => {
    const texts: string[] = [];
    const chat: Server = createServer(async (request, response) => {
      let body = "";
      for await (const piece of request) body += piece;
      texts.push(JSON.parse(body).text);
      response.end("ok");
    });
    await new Promise<void>((resolve) => chat.listen(port, "127.0.0.1", resolve));
    try {
      const added = await facepage("add", hook, "--payload", "notice", "--secret-file", inFolder("chat.secret"));
      expect(added.out).toMatch(/A message with a text is in the chat.*\n {2}tipoff subscription prove \S+ TEXT/);
      const [, id, code] = /tipoff subscription prove (\S+) (\S+)$/.exec(texts[0]!)!;
      expect(await facepage("prove", id!, "not-that")).toMatchObject({ code: 1 });
      expect(await facepage("prove", id!, code!)).toMatchObject({ code: 0 });
      const sent = await tip();
      await until(async () => texts.find((text) => text.includes(sent)));
      expect(texts.at(-1)).toMatch(
        /^chirper shared a tip with you · urgent · 1 of its indicators is yours · asks to preserve\./,
      );
    } finally {
      chat.close();
    }
  });

  test("a text that begins with a hyphen is no option", async () => {
    const { id } = await subscribed();
    const text = `-${"a".repeat(21)}`;
    expect(await facepage("prove", id, text)).toMatchObject({ code: 1, err: expect.stringContaining("not-proved") });
  });
});

describe("settings", () => {
  test("set changes what is named, keeps other filters, and drops them by --all", async () => {
    const { id } = await subscribed({ tlp: ["amber", "green"], own: false });
    const set = async (...words: string[]) => (await json("facepage", "subscription", "set", id, ...words)).filters;
    expect(await set("--types", "published", "--min-confidence", "60")).toEqual({
      tlp: ["amber", "green"],
      own: false,
      types: ["published"],
      min_confidence: 60,
    });
    expect((await facepage("show", id)).out).toContain(
      "only types published; own false; min_confidence 60; tlp amber,green",
    );
    expect(await set("--all", "--from", "chirper")).toEqual({ from: ["chirper"] });
    const moved = await facepage("set", id, "--url", `${hook}/elsewhere`);
    expect(moved.out).toMatch(/unproven\n.*elsewhere\nNothing is sent yet: its endpoint could not be reached\./);
    expect(await facepage("pause", id)).toMatchObject({ code: 0, out: expect.stringContaining("paused") });
    expect((await facepage("list")).out).toMatch(new RegExp(`${id} +paused \\(owner\\) +thin`));
  });

  test("a prefix names the one it is of; more or none is exit 2", async () => {
    const [one, two] = [await subscribed(), await subscribed()];
    const short = one.id.slice(0, one.id[0] === two.id[0] ? 8 : 1);
    expect((await json("facepage", "subscription", "show", short)).subscription).toBe(one.id);
    expect(await facepage("show", "zz")).toMatchObject({ code: 2, err: expect.stringContaining("subscription list") });
    expect(await facepage("pause", "")).toMatchObject({ code: 2, err: expect.stringContaining("say more of it") });
  });

  test("what is refused says where, and leaves no file behind", async () => {
    const file = inFolder("none.secret");
    for (const [words, said] of [
      [["http://hooks.facepage.example/"], "/url: Use https"],
      [["https://10.0.0.1/"], "/url: Use a host on the public internet"],
      [[hook, "--types", "publishd"], "/filters/types/0"],
    ] as const) {
      const refused = await facepage("add", ...words, "--secret-file", file);
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining(said) });
      expect(() => statSync(file)).toThrow();
    }
    writeFileSync(file, "mine");
    expect(await facepage("add", hook, "--secret-file", file)).toMatchObject({ code: 2 });
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect((await json("facepage", "subscription", "list")).subscriptions).toEqual([]);
    const { id } = await subscribed();
    expect(await facepage("rotate", id, "--secret-file", file)).toMatchObject({ code: 2 });
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect((await json("facepage", "subscription", "show", id)).former_secret_until).toBeUndefined();
  });

  test("law enforcement has one for its purpose, without documents", async () => {
    await json("steward", "partner", "set", "cyber-unit", "--scopes", "tips:read,subscriptions,keys");
    const officer = (...words: string[]) => run("cyber-unit", "subscription", ...words);
    expect(await officer("add", hook, "--payload", "full")).toMatchObject({
      code: 1,
      err: expect.stringContaining("/payload"),
    });
    const proving = await listen(port);
    const { subscription, purpose, state } = await json("cyber-unit", "subscription", "add", hook);
    expect({ purpose, state }).toEqual({ purpose: expect.stringMatching(/^\S{43}$/), state: "active" });
    await tip();
    const sent = await tip("law-enforcement:XA");
    await proving.saw(new RegExp(`published +${sent}`));
    expect(proving.lines().filter((line) => line.includes("published"))).toHaveLength(1);
    expect(await officer("delete", subscription)).toMatchObject({ code: 0 });
  });

  test("another's is not there", async () => {
    const { id } = await subscribed();
    for (const words of [
      ["show", id],
      ["pause", id],
      ["delete", id],
      ["deliveries", id],
      ["set", id, "--url", hook],
    ])
      expect(await run("observatory", "subscription", ...words)).toMatchObject({
        code: 1,
        err: expect.stringContaining("404 not-found"),
      });
    expect((await json("facepage", "subscription", "show", id)).state).toBe("active");
  });
});
