/** `npm run deploy` against a fake account: what it calls and in what order, what it refuses, what a second run does. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { experimental_readRawConfig } from "wrangler";
import { root } from "./world.ts";
import { Operator, unknownTo } from "./wrangler-account.ts";

const url = "https://tips.harbour-exchange.org";
const operators: Operator[] = [];
const operator = (...args: ConstructorParameters<typeof Operator>): Operator => {
  const made = new Operator(...args);
  operators.push(made);
  return made;
};
/** One whose database and production.toml are made, with the keys or without. */
const settled = (keys = false): Operator => {
  const id = "5b2f6c1e-9d3a-4c47-8a55-0f3f6f5b7a21";
  const made = operator({ databases: [{ uuid: id, name: "tipoff" }] });
  made.write(
    "production.toml",
    `workers_dev = false\nroutes = [{ pattern = "${new URL(url).hostname}", custom_domain = true }]
[[d1_databases]]\nbinding = "DB"\ndatabase_id = "${id}"\n[vars]\nEXCHANGE_URL = "${url}"\nEPOCH = "1"\n`,
  );
  if (keys) for (const name of ["EXCHANGE_KEY", "STEWARD_KEY"]) made.write(`account/secrets/${name}`, "{}");
  return made;
};
const verbs = (made: Operator): string[] =>
  made.calls().map((words) => words.slice(0, words[0] === "d1" ? 3 : 2).join(" "));

afterEach(() => {
  for (const made of operators.splice(0)) {
    for (const words of made.calls()) expect(unknownTo(words)).toBeUndefined();
    made.remove();
  }
});

describe("before anything is deployed", () => {
  test("without production.toml it says how to make one, and calls nothing", async () => {
    const made = operator();
    for (const words of [[], ["keys"]])
      expect(await made.deploy(...words)).toMatchObject({
        code: 1,
        err: expect.stringContaining("deploy -- init --url"),
      });
    expect(await made.deploy("destroy")).toMatchObject({
      code: 1,
      err: expect.stringContaining("[COMMAND] [OPTIONS]"),
    });
    expect(made.calls()).toEqual([]);
  });

  test("signed out, it says how to sign in, and creates nothing", async () => {
    const made = operator({ signed_in: false });
    const init = await made.deploy("init", "--url", url, "--location", "weur");
    expect(init).toMatchObject({ code: 1, err: expect.stringContaining("npx wrangler login") });
    expect(verbs(made)).toEqual(["whoami --json"]);
    await expect(async () => made.read("production.toml")).rejects.toThrow();
  });

  test("init creates the database where it was told, once, and a second run changes nothing", async () => {
    const made = operator();
    expect(await made.deploy("init", "--url", url, "--jurisdiction", "eu")).toMatchObject({ code: 0 });
    expect(made.calls().map((words) => words.join(" "))).toEqual([
      "whoami --json",
      "d1 list --json",
      "d1 create tipoff --jurisdiction eu",
      "d1 list --json",
    ]);
    const settings = made.read("production.toml");
    expect(await made.deploy("init", "--url", url)).toMatchObject({ code: 0 });
    expect(await made.deploy("init", "--url", "https://elsewhere.org")).toMatchObject({ code: 1 });
    expect(made.read("production.toml")).toBe(settings);
    expect(verbs(made)).toHaveLength(4);
  });
});

describe("keys", () => {
  test("the exchange's key is in the secret alone, the steward's in a profile of mode 0600; neither in words or output", async () => {
    const made = settled();
    const { code, out, err } = await made.deploy("keys");
    expect(code, err).toBe(0);
    const exchange = JSON.parse(made.secret("EXCHANGE_KEY")!) as { d: string; kty: string; crv: string };
    expect(exchange).toMatchObject({ kty: "OKP", crv: "Ed25519", d: expect.stringMatching(/^[\w-]{43}$/) });
    const profile = path.join(made.home, "profiles/steward.json");
    const steward = JSON.parse(made.read("home/profiles/steward.json")) as { jwk: { x: string; d: string } };
    expect(statSync(profile).mode & 0o777).toBe(0o600);
    expect(JSON.parse(made.secret("STEWARD_KEY")!)).toEqual({ kty: "OKP", crv: "Ed25519", x: steward.jwk.x });
    const elsewhere = await made.sh(`grep -rlF -e ${exchange.d} . || true`);
    expect(elsewhere.out.trim()).toBe("./account/secrets/EXCHANGE_KEY");
    for (const secret of [exchange.d, steward.jwk.d])
      expect(out + err + JSON.stringify(made.calls())).not.toContain(secret);
  });

  test("cut short, it goes on with the same steward's key; again, it keeps both", async () => {
    const made = settled();
    made.account({ fails: "secret put EXCHANGE_KEY" });
    expect(await made.deploy("keys")).toMatchObject({ code: 1, err: expect.stringContaining("run this again") });
    const [profile, open] = [made.read("home/profiles/steward.json"), made.secret("STEWARD_KEY")];
    made.account({ fails: undefined });
    expect(await made.deploy("keys")).toMatchObject({ code: 0 });
    const key = made.secret("EXCHANGE_KEY");
    expect(await made.deploy("keys")).toMatchObject({ code: 0, out: expect.stringContaining("was kept") });
    expect([made.read("home/profiles/steward.json"), made.secret("STEWARD_KEY")]).toEqual([profile, open]);
    expect(made.secret("EXCHANGE_KEY")).toBe(key);
    // Nothing is half done silently: a copy of what cannot be read back is refused, and so is a steward without its profile.
    expect(await made.deploy("keys", "--copy", "key.json")).toMatchObject({ code: 1 });
    await made.sh("mv home/profiles/steward.json away.json");
    expect(await made.deploy("keys")).toMatchObject({ code: 1, err: expect.stringContaining("Put it there") });
  });

  test("a copy of the exchange's key is written where asked, readable by its owner, and can be put again", async () => {
    const made = settled();
    expect(await made.deploy("keys", "--copy", "key.json")).toMatchObject({ code: 0 });
    expect(statSync(path.join(made.folder, "key.json")).mode & 0o777).toBe(0o600);
    const key = made.secret("EXCHANGE_KEY")!;
    expect(JSON.parse(made.read("key.json"))).toEqual(JSON.parse(key));
    expect(await made.deploy("keys", "--replace-exchange-key")).toMatchObject({ code: 0 });
    expect(made.secret("EXCHANGE_KEY")).not.toBe(key);
    await made.sh("rm account/secrets/EXCHANGE_KEY");
    expect(await made.deploy("keys", "--copy", "key.json")).toMatchObject({ code: 0 });
    expect(JSON.parse(made.secret("EXCHANGE_KEY")!)).toEqual(JSON.parse(key));
  });
});

describe("deploying", () => {
  test("without the secrets nothing is migrated or deployed", async () => {
    const made = settled();
    const { code, err } = await made.deploy();
    expect([code, err.trim()]).toEqual([
      1,
      "EXCHANGE_KEY and STEWARD_KEY not set. Make the keys: npm run deploy -- keys",
    ]);
    expect(verbs(made)).toEqual(["whoami --json", "d1 list --json", "secret list"]);
  });

  test("checks come first, then the bookmark, migrations, the Worker; an address that does not answer is not success", async () => {
    const made = settled(true);
    made.write("production.toml", made.read("production.toml").replace(url, "http://127.0.0.1:9"));
    const { code, err } = await made.deploy("--without-steward", "--wait", "0");
    expect([code, err]).toEqual([1, expect.stringContaining("http://127.0.0.1:9 does not answer as an exchange yet")]);
    expect(verbs(made)).toEqual([
      "whoami --json",
      "d1 list --json",
      "secret list",
      "d1 time-travel info",
      "d1 migrations apply",
      "deploy --config",
    ]);
  });

  test("a migration that fails leaves the version before running", async () => {
    const made = settled(true);
    made.account({ fails: "d1 migrations" });
    expect(await made.deploy("--without-steward")).toMatchObject({
      code: 1,
      err: expect.stringContaining("Nothing was deployed"),
    });
    expect(made.state().deployed).toEqual([]);
  });

  test("a database of another account is refused by name", async () => {
    const made = settled();
    made.account({ databases: [{ uuid: "11111111-2222-4333-8444-555555555555", name: "other" }] });
    expect(await made.deploy()).toMatchObject({ code: 1, err: expect.stringContaining("It has: other 11111111") });
  });

  test("closing deploys the closed Worker alone", async () => {
    const made = settled();
    expect(await made.deploy("close")).toMatchObject({ code: 0, out: expect.stringContaining("503") });
    expect(made.state().deployed.map((script) => script && path.basename(script))).toEqual(["closed.ts"]);
  });

  test("nothing that is deployed lets webhooks go to the machine itself, opened or closed", async () => {
    const made = settled(true);
    for (const words of [["close"], ["--without-steward", "--wait", "0"]]) {
      await made.deploy(...words);
      expect(made.read("wrangler.production.json")).not.toContain("LOOPBACK");
    }
    expect(made.state().deployed).toHaveLength(2);
    expect(made.calls().flat().join(" ")).not.toContain("LOOPBACK");
    expect(readFileSync(path.join(root, "wrangler.toml"), "utf8")).not.toContain("LOOPBACK");
    // An operator who writes it into the settings is told so.
    made.write("production.toml", `${made.read("production.toml")}WEBHOOK_LOOPBACK = "1"\n`);
    expect(await made.deploy("close")).toMatchObject({ code: 1, err: expect.stringContaining("development alone") });
    expect(made.state().deployed).toHaveLength(2);
  });
});

test.each(["src/index.ts", "src/closed.ts"])(
  "%s exports every class that the configuration binds, or it could not be deployed",
  async (entry) => {
    const config = experimental_readRawConfig({ config: path.join(root, "wrangler.toml") }).rawConfig;
    const classes = config.durable_objects!.bindings.map(({ class_name }: { class_name: string }) => class_name);
    expect(config.migrations!.flatMap(({ new_sqlite_classes = [] }) => new_sqlite_classes)).toEqual(classes);
    const text = readFileSync(path.join(root, entry), "utf8");
    for (const name of classes) expect(text).toMatch(new RegExp(`export (class|\\{) ${name}\\b`));
  },
);

test("a dry run with the real wrangler bundles the Worker, and tells the settings and migrations", async () => {
  const made = settled();
  const { code, out, err } = await made.sh("unset TIPOFF_WRANGLER; npm run deploy -- --dry-run");
  expect(code, err).toBe(0);
  expect(out).toContain(`tipoff at ${url}, epoch 1`);
  expect(out).toMatch(/0001_exchange\.sql\n/);
  expect(out).toMatch(/\d+\.\d KiB gzip/);
  expect(JSON.parse(made.read("wrangler.production.json"))).toMatchObject({
    routes: [{ pattern: "tips.harbour-exchange.org", custom_domain: true }],
    workers_dev: false,
    vars: { EXCHANGE_URL: url, EPOCH: "1" },
    triggers: { crons: ["* * * * *"] },
  });
});
