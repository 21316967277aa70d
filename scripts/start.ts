/** `npm start [-- --port N --state DIR]`: the exchange on this machine, its state kept on disk. */
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { profileNames } from "../src/cli/home.ts";
import { UsageError } from "../src/cli/terminal.ts";
import { readOptions } from "./options.ts";
import { startRuntime } from "./runtime.ts";
import { moveProfiles, seed } from "./seed.ts";

const usage = `npm start [-- OPTIONS]

  --port N      where it answers (8787)
  --state DIR   its database, keys and sample profiles (.tipoff)`;
const values = readOptions(usage, {
  port: { type: "string", default: "8787" },
  state: { type: "string", default: ".tipoff" },
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  console.error("--port takes a number from 1 to 65535.");
  process.exit(2);
}
const state = path.resolve(values.state);
console.log("Starting the exchange …");
const runtime = await startRuntime({ state, port, loopback: true }).catch((error: Error & { code?: string }) => {
  console.error(
    `The exchange did not start on port ${port}: ${error.message}\nIs the port taken? Try: npm start -- --port ${port + 1}`,
  );
  process.exit(1);
});

// Before anything else is done: a start that is cut short stops the runtime too.
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, async () => {
    if (stopping) return;
    stopping = true;
    await runtime.stop();
    process.exit(0);
  });
}

// Never TIPOFF_HOME: that may hold the profiles of another exchange.
const home = path.join(state, "home");
process.env.TIPOFF_HOME = home;
try {
  moveProfiles(runtime.identity, runtime.url);
  const seeded = path.join(state, "seeded");
  if (!existsSync(seeded)) {
    await seed(runtime.url, runtime.identity, home);
    writeFileSync(seeded, `${new Date().toISOString()}\n`);
  }
} catch (error) {
  await runtime.stop();
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\nMove it away, or name another folder: npm start -- --state DIR`);
  process.exit(1);
}
// Cron does not fire by itself here. The first at once: what came due, and what webhooks missed, while it was stopped.
const tick = () => runtime.tick().catch((error: Error) => console.error("The scheduled job failed:", error.message));
void tick();
setInterval(() => void tick(), 60_000);

const relative = path.relative(process.cwd(), home) || ".";
console.log(`
The exchange    ${runtime.url}  (identity ${runtime.exchange})
Its state       ${path.relative(process.cwd(), state) || "."}  ${runtime.first ? "(new: a steward, two groups and four sample partners)" : "(kept from before)"}
Profiles        ${relative}  ${profileNames().join(", ")}
Its reference   ${runtime.url}/docs

In another terminal, in this folder:

  export TIPOFF_HOME=${home}
  bin/tipoff.mjs --as chirper import samples/harbour-lantern-leads.csv --operation "Harbour Lantern" --to platforms --submit
  bin/tipoff.mjs --as facepage feed
  bin/tipoff.mjs --as facepage match --file samples/facepage-accounts.csv

Ctrl-C stops it.`);
