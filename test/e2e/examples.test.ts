/** What `examples/` shows people, run as it stands against a running exchange. */
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Connection, connect } from "../../src/client/connect.ts";
import type { Profile } from "../../src/client/profile.ts";
import { enrolWithP256 } from "./enrol.ts";
import { freePort, type Ran, root, type Started, sample, start, tipoff } from "./world.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-examples-"));
const home = path.join(folder, "state/home");
let exchange: Started;
/** The tip by chirper that everybody's feed begins with. */
let tip: string;
let facepage: Connection;
let steward: Connection;

const profileOf = (slug: string) =>
  JSON.parse(readFileSync(path.join(home, `profiles/${slug}.json`), "utf8")) as Profile;
const run = (command: string, words: string[], cwd = folder): Promise<Ran> =>
  new Promise((resolve) =>
    execFile(command, words, { cwd, timeout: 60_000 }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    ),
  );
/** What a command prints; undefined where it fails or is not there. */
const said = (command: string, ...words: string[]): string | undefined => {
  try {
    return execFileSync(command, words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
};

beforeAll(async () => {
  exchange = await start(path.join(folder, "state"), await freePort());
  const leads = sample("harbour-lantern-leads.csv");
  const named = ["--operation", "Harbour Lantern", "--to", "platforms", "--submit"];
  const { code, out, err } = await tipoff(home, "--as", "chirper", "--json", "import", leads, ...named);
  expect(code, err).toBe(0);
  tip = JSON.parse(out).tips[0].tip;
  [facepage, steward] = [await connect(profileOf("facepage")), await connect(profileOf("steward"))];
  const newsroom = { slug: "newsroom", name: "The Newsroom", kind: "platform", country: "XB" };
  await steward.call("POST", "/v1/partners", { ...newsroom, scopes: ["tips:read", "tips:write"] });
});
afterAll(async () => {
  await exchange?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const tools = /^OpenSSL 3/.test(said("openssl", "version") ?? "") && said("curl", "--version") !== undefined;
const curl = `examples/curl-tip.sh${tools ? "" : " (skipped: no curl and OpenSSL 3 here)"}`;

describe.skipIf(!tools)(curl, () => {
  const script = path.join(root, "examples/curl-tip.sh");
  const emptyFolder = (name: string) => {
    const made = path.join(folder, name);
    mkdirSync(made);
    return made;
  };
  const invitation = async () =>
    (await steward.call<{ code: string }>("POST", "/v1/partners/newsroom/invitations", {})).code;

  test("joins, submits a tip that its recipient can read, and verifies another's with openssl alone", async () => {
    const cwd = emptyFolder("good");
    const ran = await run(script, [exchange.url, await invitation(), "partner:facepage"], cwd);
    expect(ran, ran.err).toMatchObject({ code: 0, out: expect.stringContaining(`The tip ${tip} is chirper's`) });
    const document = JSON.parse(readFileSync(path.join(cwd, "document.json"), "utf8"));
    expect(document).toMatchObject({ tip, from: "chirper", operation: { name: "Harbour Lantern" } });
    expect(document.indicators).toHaveLength(138);
    const { tip: sent } = JSON.parse(readFileSync(path.join(cwd, "accepted.json"), "utf8"));
    expect(await facepage.call("GET", `/v1/tips/${sent}`)).toMatchObject({
      from: "newsroom",
      through: "partner:facepage",
      for_you: { indicators: 1, ask: ["investigate"] },
    });
  });

  test("ends at a tip whose signature was changed on the way", async () => {
    const proxy = await changing(exchange.url, (at, answer) =>
      at === `/v1/tips/${tip}`
        ? answer.replace(/"signature":"(.)/, (_, first) => `"signature":"${first === "A" ? "B" : "A"}`)
        : answer,
    );
    const ran = await run(script, [proxy.url, await invitation(), "partner:facepage"], emptyFolder("changed"));
    proxy.close();
    expect(ran).toMatchObject({
      code: 1,
      out: expect.stringMatching(/Submitted the tip.*\nSignature Verification Failure/),
    });
    expect(ran.out).not.toContain("chirper's");
  });

  test("shows why it is refused, and stops there", async () => {
    const ran = await run(script, [exchange.url, "no-such-invitation"], emptyFolder("refused"));
    expect(ran).toMatchObject({ code: 1, out: "", err: expect.stringContaining("There is no such invitation") });
  });
});

/** Forwards to the exchange and lets its answers be changed on the way. */
function changing(
  target: string,
  change: (path: string, answer: string) => string,
): Promise<{ url: string; close(): void }> {
  const server: Server = createServer(async (incoming, outgoing) => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const { host: _host, "content-length": _length, ...headers } = incoming.headers as Record<string, string>;
    const answer = await fetch(target + incoming.url, {
      method: incoming.method!,
      headers,
      ...(parts.length > 0 && { body: Buffer.concat(parts) }),
    });
    outgoing.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
    outgoing.end(change(incoming.url!, await answer.text()));
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      resolve({ url: `http://127.0.0.1:${port}`, close: () => void server.close() });
    }),
  );
}

/** The first Python that has Authlib (Debian: python3-authlib). */
const python = ["python3", "/usr/bin/python3"].find((command) => said(command, "-c", "import authlib") !== undefined);
const authlib = `examples/authlib_client.py${python ? "" : " (skipped: no Python here has Authlib)"}`;

describe.skipIf(!python)(authlib, () => {
  const script = path.join(root, "examples/authlib_client.py");
  const read = (partner: string, jwk: unknown) => {
    const file = path.join(folder, `${partner}-key.json`);
    writeFileSync(file, JSON.stringify(jwk));
    return run(python!, [script, exchange.url, partner, file]);
  };

  test("signs in with Ed25519 and reads the feed to its end", async () => {
    const ran = await read("facepage", profileOf("facepage").jwk);
    expect(ran.code, ran.err).toBe(0);
    const events = ran.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events).toEqual((await facepage.call<{ events: unknown[] }>("GET", "/v1/feed?limit=1000")).events);
    expect(events[0]).toMatchObject({ type: "published", tip, from: "chirper" });
  });

  test("signs in with ES256", async () => {
    const { jwk } = await enrolWithP256(profileOf("steward"), "p256");
    const ran = await read("p256", jwk);
    expect(ran.code, ran.err).toBe(0);
    expect(JSON.parse(ran.out.split("\n")[0]!)).toMatchObject({ type: "published", tip });
  });

  test("shows why it is refused", async () => {
    const ran = await read("observatory", profileOf("facepage").jwk);
    expect(ran).toMatchObject({ code: 1, out: "", err: expect.stringContaining('401 {"error":"invalid_client"') });
  });
});
