/** `npm start [-- --port N --state DIR]`: the exchange on this machine, its state kept on disk. */
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { profileNames } from "../src/cli/home.ts";
import { startRuntime } from "./runtime.ts";
import { homeOf, moveProfiles, seed } from "./seed.ts";

const { values } = parseArgs({
  options: { port: { type: "string", default: "8787" }, state: { type: "string", default: ".tipoff" } },
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

const home = homeOf(state);
process.env.TIPOFF_HOME = home;
moveProfiles(runtime.identity, runtime.url);
const seeded = path.join(state, "seeded");
if (!existsSync(seeded)) {
  await seed(runtime.url, runtime.identity, home);
  writeFileSync(seeded, `${new Date().toISOString()}\n`);
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

In another terminal, in this folder:

  export TIPOFF_HOME=${home}
  bin/tipoff.mjs --as chirper import samples/harbour-lantern-leads.csv --operation "Harbour Lantern" --to platforms --submit
  bin/tipoff.mjs --as facepage feed
  bin/tipoff.mjs --as facepage match --file samples/facepage-accounts.csv

Ctrl-C stops it.`);
