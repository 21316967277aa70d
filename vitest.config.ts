import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { TotalsReporter } from "./test/totals-reporter.ts";

// The tests start some hundred processes of the same sources.
process.env.NODE_COMPILE_CACHE ??= path.join(import.meta.dirname, "node_modules/.cache/tipoff");
// Each Worker, and the command line, is bundled once in a run: nothing changes meanwhile, as it does where Vitest watches.
if (process.argv.includes("run") && !process.env.TIPOFF_BUNDLES) {
  const made = mkdtempSync(path.join(tmpdir(), "tipoff-bundles-"));
  process.env.TIPOFF_BUNDLES = made;
  process.on("exit", () => rmSync(made, { recursive: true, force: true }));
}

/** The real Worker in workerd, behind no network. */
const workers = () =>
  cloudflareTest(async () => {
    execFileSync(process.execPath, [path.join(import.meta.dirname, "scripts/build-reference.ts")]);
    return {
      wrangler: { configPath: "./wrangler.toml" },
      miniflare: {
        bindings: {
          TEST_MIGRATIONS: await readD1Migrations(path.join(import.meta.dirname, "migrations")),
          EXCHANGE_URL: "https://tipoff.example",
          EPOCH: "1",
          // Schedules of the push tests' chaos, and where they begin.
          ...(process.env.TIPOFF_CHAOS && { TEST_CHAOS: process.env.TIPOFF_CHAOS }),
          ...(process.env.TIPOFF_CHAOS_SEED && { TEST_CHAOS_SEED: process.env.TIPOFF_CHAOS_SEED }),
          // A key of these tests alone.
          EXCHANGE_KEY: JSON.stringify(generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" })),
        },
        ratelimits: {
          ADDRESS_RATE: { namespace_id: "1001", simple: { limit: 1_000_000, period: 60 } },
          PARTNER_RATE: { namespace_id: "1002", simple: { limit: 1_000_000, period: 60 } },
          TEST_RATE: { namespace_id: "1003", simple: { limit: 3, period: 60 } },
        },
        outboundService: () => new Response("no network in tests", { status: 599 }),
      },
    };
  });

/** Mostly they wait, for a second to pass or a connection to end: beside others they cost nothing, so they begin first. */
const waiting = ["test/worker/stream.test.ts", "test/worker/waiting.test.ts"];
/** They compare times, or fill the machine: nothing runs beside them. */
const alone = [
  "test/unit/formats/growth.test.ts",
  "test/e2e/bench.test.ts",
  "test/e2e/hostile.test.ts",
  "test/e2e/indistinguishable.test.ts",
];
const patience = { testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    reporters: ["default", new TotalsReporter()],
    // Of two cores: what runs processes of its own, as most of the first group does, waits for them.
    maxWorkers: 3,
    // Projects of one group run side by side, begun in the order of their names; the groups one after the other.
    projects: [
      {
        // What they test is pure: modules are read once, not again for each file, which took more than the tests.
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          exclude: alone,
          isolate: false,
          testTimeout: 60_000,
        },
      },
      { test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], exclude: alone, ...patience } },
      { plugins: [workers()], test: { name: "asleep", include: waiting, isolate: false, testTimeout: 60_000 } },
      {
        plugins: [workers()],
        test: {
          name: "worker",
          include: ["test/worker/**/*.test.ts"],
          exclude: waiting,
          isolate: false,
          testTimeout: 60_000,
          setupFiles: "test/worker/plans.ts",
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { name: "alone", include: alone, ...patience, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
});
