import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { configFile, lay, readSettings, settingsFile, writeConfig } from "../../../scripts/deploy/settings.ts";
import { Stop } from "../../../scripts/deploy/stop.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-settings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settings = (change: { url?: string; id?: string; epoch?: string; head?: string; vars?: string } = {}) => {
  const {
    url = "https://tips.harbour-exchange.org",
    id = "5b2f6c1e-9d3a-4c47-8a55-0f3f6f5b7a21",
    epoch = "1",
  } = change;
  const head =
    change.head ??
    `routes = [{ pattern = "${URL.canParse(url) ? new URL(url).hostname : url}", custom_domain = true }]`;
  writeFileSync(
    path.join(folder, settingsFile),
    `${head}\n[[d1_databases]]\nbinding = "DB"\ndatabase_id = "${id}"\n[vars]\nEXCHANGE_URL = "${url}"\nEPOCH = "${epoch}"\n${change.vars ?? ""}`,
  );
  return readSettings(folder);
};

describe("an operator's settings over the repository's", () => {
  test("change what they name, and leave the rest to follow wrangler.toml", () => {
    const { config, faults } = settings({
      head: 'routes = ["tips.harbour-exchange.org/*"]\n[[ratelimits]]\nname = "PARTNER_RATE"\nnamespace_id = "2002"\n[[queues]]\nbinding = "MORE"\n',
    });
    expect(faults).toEqual([]);
    expect(config).toMatchObject({
      name: "tipoff",
      triggers: { crons: ["* * * * *"] },
      d1_databases: [{ binding: "DB", database_name: "tipoff", database_id: "5b2f6c1e-9d3a-4c47-8a55-0f3f6f5b7a21" }],
      ratelimits: [
        { name: "ADDRESS_RATE", namespace_id: "1001" },
        { name: "PARTNER_RATE", namespace_id: "2002", simple: { limit: 3000 } },
      ],
      queues: [{ binding: "MORE" }],
    });
    const repository = path.join(import.meta.dirname, "../../..");
    const { directory } = config.assets as { directory: string };
    const { cwd } = config.build as { cwd: string };
    expect([String(config.main), directory, cwd].map((place) => path.resolve(folder, place))).toEqual([
      path.join(repository, ".worker/index.ts"),
      path.join(repository, ".reference"),
      repository,
    ]);
  });

  test("a list without names is replaced whole", () => {
    expect(lay({ routes: ["b"] }, { routes: ["a", "c"] })).toEqual({ routes: ["b"] });
  });
});

describe("refused, with a sentence that says what to do", () => {
  test.each([
    ["the placeholder's database", { id: "00000000-0000-0000-0000-000000000000" }, /npx wrangler d1 list/],
    ["a name that is no id", { id: "tipoff" }, /npx wrangler d1 list/],
    ["the placeholder's address", { url: "https://tipoff.example" }, /a name for examples/],
    ["plain http", { url: "http://tips.harbour-exchange.org" }, /write https:\/\//],
    ["a slash behind the host", { url: "https://tips.harbour-exchange.org/" }, /nothing behind it/],
    ["capitals", { url: "https://Tips.harbour-exchange.org" }, /lower case/],
    ["an address nothing leads to", { head: "workers_dev = true" }, /custom_domain = true/],
    ["an epoch of words", { epoch: "two" }, /whole number/],
    ["a key in a file", { vars: 'EXCHANGE_KEY = "{}"\n' }, /deploy -- keys/],
    ["webhooks to the machine itself", { vars: 'WEBHOOK_LOOPBACK = "1"\n' }, /for development alone/],
    ["webhooks to it, switched off", { vars: 'WEBHOOK_LOOPBACK = "0"\n' }, /for development alone/],
    ["a port that is none", { vars: 'WEBHOOK_PORTS = "8443,65536"\n' }, /from 1 to 65535/],
    ["port zero", { vars: 'WEBHOOK_PORTS = "0"\n' }, /from 1 to 65535/],
    ["ports with blanks", { vars: 'WEBHOOK_PORTS = "8443, 9443"\n' }, /with commas/],
    ["a comma too many", { vars: 'WEBHOOK_PORTS = "8443,"\n' }, /with commas/],
    ["a port that is no text", { vars: "WEBHOOK_PORTS = 8443\n" }, /in quotes/],
  ])("%s", (_what, change, sentence) => {
    const read = settings(change);
    expect(read.faults).toEqual([expect.stringMatching(sentence)]);
    expect(() => writeConfig(folder, read)).toThrow(Stop);
  });

  test("a workers.dev name leads somewhere by itself, and this machine needs nothing", () => {
    expect(settings({ url: "https://tipoff.harbour.workers.dev", head: "" }).faults).toEqual([]);
    expect(settings({ url: "http://127.0.0.1:8787", head: "" }).faults).toEqual([]);
  });

  test("ports besides 443 are taken as they are written, and none is what stands in wrangler.toml", () => {
    expect(settings({ vars: 'WEBHOOK_PORTS = "8443,9443"\n' })).toMatchObject({
      faults: [],
      config: { vars: { WEBHOOK_PORTS: "8443,9443" } },
    });
    expect(settings().config.vars).toMatchObject({ WEBHOOK_PORTS: "" });
  });

  test("another identity, or a lower epoch, than was written before", () => {
    writeConfig(folder, settings({ epoch: "2" }));
    const made = readFileSync(path.join(folder, configFile), "utf8");
    expect(settings({ epoch: "1" }).faults).toEqual([expect.stringContaining("only ever raised")]);
    expect(settings({ url: "https://other.org", epoch: "2" }).faults).toEqual([expect.stringContaining("so it stays")]);
    expect(settings({ epoch: "3" }).faults).toEqual([]);
    expect(readFileSync(path.join(folder, configFile), "utf8")).toBe(made);
  });
});
