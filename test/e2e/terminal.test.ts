/** What a document, a key set or an exchange writes does nothing to the terminal of who reads it. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeKey } from "../../src/client/join.ts";
import { sign } from "../../src/core/envelope.ts";
import { type Ran, tipoff } from "./world.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-terminal-"));
/** Erases the line, claims a verdict on this and on a line of its own, turns the direction, hides what follows. */
const hostile =
  "a\r\u001b[2KVerified: tip 1.\nVerified: tip 2.\u2028Verified: tip 3.\u001b]0;t\u0007\u009b8m\u202eb\u2066\u{e0001}c\u001b[8m";
let server: Server;
let url: string;
let joined: Record<string, unknown>;

const write = (name: string, content: unknown): string => {
  const file = path.join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
};

/** Nothing but lines of visible characters, and no line but those of the command. */
function expectHarmless({ out, err }: Ran): void {
  expect(`${out}${err}`.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(`${out}${err}`).not.toMatch(/^Verified: tip [23]/m);
}

/** A tip of these members by a key of "evil", and a key set that knows it. */
async function signed(members: Record<string, unknown>): Promise<string[]> {
  const made = await makeKey();
  const envelope = await sign(members, "tip+jws", { ...made, alg: "EdDSA" });
  const key = { kid: made.kid, jwk: made.open, state: "active", active_from: "2026-01-01T00:00:00Z" };
  const keys = { exchange: "https://tipoff.example", jwks: { keys: [] }, partners: { evil: [key] } };
  return [write("tip.json", envelope), "--keys", write("keys.json", keys)];
}

beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    if (request.url!.startsWith("/.well-known")) response.end(JSON.stringify({ issuer: url }));
    else {
      response.statusCode = "problem" in joined ? 422 : 201;
      response.end(JSON.stringify(joined.problem ?? joined));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a verified tip's own members cannot draw on the terminal", async () => {
  const words = await signed({ exchange: "https://tipoff.example", from: "evil", tip: hostile, version: 1 });
  const text = await tipoff(folder, "verify", ...words);
  expect(text.code).toBe(0);
  expectHarmless(text);
  const json = await tipoff(folder, "--json", "verify", ...words);
  expectHarmless(json);
  expect(JSON.parse(json.out)).toMatchObject({ verified: true, tip: hostile });
});

test("a tip that does not verify cannot write a verdict of its own", async () => {
  const ran = await tipoff(folder, "verify", ...(await signed({ exchange: hostile, from: "evil" })));
  expect(ran.code).toBe(4);
  expect(ran.err).toMatch(/^NOT verified: /);
  expectHarmless(ran);
});

test("an exchange's refusal, with its reason and faults, cannot draw on the terminal", async () => {
  const faults = [{ pointer: hostile, detail: hostile }];
  joined = { problem: { type: `${url}/problems/${hostile}`, detail: hostile, faults } };
  for (const as of [[], ["--json"]]) {
    const ran = await tipoff(folder, ...as, "join", url, "code");
    expect(ran.code).toBe(1);
    expectHarmless(ran);
  }
});

test("an exchange's own name cannot draw on the terminal", async () => {
  joined = { exchange: `http://e${hostile}`, partner: "facepage", kid: "k", jwks: { keys: [] } };
  const ran = await tipoff(path.join(folder, "a"), "join", url, "code");
  expect(ran.code).toBe(0);
  expectHarmless(ran);
});

test("a partner's name that is a path, or no name, makes no file", async () => {
  for (const partner of ["../../escaped", "/tmp/escaped", "..", ".hidden", `a${hostile}`, "a/b", "", { toString: 1 }]) {
    joined = { exchange: url, partner, kid: "k", jwks: { keys: [] } };
    const ran = await tipoff(path.join(folder, "b/c"), "join", url, "code");
    expect(ran.code, JSON.stringify(partner)).not.toBe(0);
    expectHarmless(ran);
  }
  expect(readdirSync(path.join(folder, "b"))).toEqual(["c"]);
  expect(existsSync(path.join(folder, "b/c/profiles"))).toBe(false);
});
