/**
 * Every command in docs/deploy.md, in its order, as an operator without an exchange yet: against a fake account, and against
 * the real Worker on the embedded runtime, started with the secrets that were put whenever the Worker is deployed.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundle, type Runtime, startRuntime } from "../../scripts/runtime.ts";
import { freePort, type Ran, root, sample } from "./world.ts";
import { Operator, unknownTo } from "./wrangler-account.ts";

const address = "https://tipoff.your-domain.org";
const text = readFileSync(path.join(root, "docs/deploy.md"), "utf8");
const blocks = [...text.matchAll(/^## (.+)$|^```sh\n([\s\S]+?)^```$/gm)];
const sections = blocks.flatMap(([, , commands], at) =>
  commands
    ? [
        {
          section: blocks.slice(0, at).findLast(([, title]) => title)![1]!,
          first: commands.split("\n", 1)[0],
          commands,
        },
      ]
    : [],
);

const operator = new Operator({ signed_in: false });
const state = path.join(operator.folder, "state");
const ran: { commands: string; result: Ran }[] = [];
let port: number;
let script: string;
let runtime: Runtime | undefined;
let served = 0;
let watching: Promise<void> = Promise.resolve();
let over = false;

/** Does what Cloudflare would: serves what was deployed last, from before the deploying command returns. */
async function serve(): Promise<void> {
  const { deployed } = operator.state();
  if (deployed.length === served) return;
  await runtime?.stop();
  runtime = undefined;
  if (deployed.at(-1) === null) {
    const [exchange_key, steward_key] = ["EXCHANGE_KEY", "STEWARD_KEY"].map((name) =>
      JSON.parse(operator.secret(name)!),
    );
    const identity = { exchange: `http://127.0.0.1:${port}`, exchange_key, steward_key };
    writeFileSync(path.join(state, "identity.json"), JSON.stringify(identity));
    const { vars } = JSON.parse(operator.read("wrangler.production.json")) as { vars: Record<string, string> };
    runtime = await startRuntime({ state, port, script, vars });
  }
  served = deployed.length;
  operator.write("account/served", String(served));
}

async function watch(): Promise<void> {
  while (!over) {
    await serve();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

beforeAll(async () => {
  port = await freePort();
  mkdirSync(state);
  operator.write("account/served", "0");
  script = bundle(path.join(state, "bundle"));
  watching = watch();
  watching.catch(() => {});
});
afterAll(async () => {
  over = true;
  await watching;
  await runtime?.stop();
  operator.remove();
});

/** A partner that has read its feed has a cursor, which a restore makes old. */
const haveCursor = async () => {
  const sent = `bin/tipoff.mjs --as chirper import ${sample("harbour-lantern-leads.csv")} --operation X --to platforms --submit`;
  for (const words of [sent, "bin/tipoff.mjs --as chirper feed"]) expect((await operator.sh(words)).code).toBe(0);
};

test.each(sections)("$section: $first", async ({ section, commands }) => {
  if (section === "Restoring" && commands.includes("-- close")) await haveCursor();
  if (commands.includes("--from-start"))
    expect(await operator.sh("bin/tipoff.mjs --as chirper feed")).toMatchObject({
      code: 1,
      err: expect.stringContaining("410 old-cursor"),
    });
  const code = ran.flatMap(({ result }) => /tipoff join \S+ (\S+)/.exec(result.out)?.[1] ?? []).at(-1);
  const own = commands.replaceAll(address, `http://127.0.0.1:${port}`).replace("CODE", code ?? "CODE");
  const result = await operator.sh(own);
  ran.push({ commands, result });
  expect(result.code, `${result.out}\n${result.err}`).toBe(0);
});

test("the partner that was invited has joined; the restored exchange runs under the next epoch, with the same keys", () => {
  const outputOf = (words: string) => ran.find(({ commands }) => commands.includes(words))!.result.out;
  expect(outputOf("join https")).toContain("You are chirper at");
  const [first, restored] = ran.filter(({ commands }) => /^npm run deploy$/m.test(commands));
  expect(restored!.result.out).toContain("epoch 2");
  for (const { result } of [first!, restored!]) expect(result.out).toContain("steward signs in and holds: admin");
  const keyIn = (out: string) => /Its key is (\S+)\./.exec(out)?.[1];
  expect(keyIn(restored!.result.out)).toBe(keyIn(first!.result.out));
});

test("the installed wrangler knows each call, and each command is one of a few programs", () => {
  for (const words of operator.calls()) expect(unknownTo(words)).toBeUndefined();
  const programs = sections.flatMap(({ commands }) =>
    commands
      .replaceAll("\\\n", " ")
      .split("\n")
      .flatMap((line) => line.split(" ")[0] || []),
  );
  expect([...new Set(programs)].sort()).toEqual(["bin/tipoff.mjs", "git", "npm", "npx", "sed"]);
});
