/** `npm run demo`: one platform tips off another and law enforcement, over real HTTP against a temporary exchange. It asserts what it shows. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { showDay } from "./demo/day.ts";
import { dispute } from "./demo/dispute.ts";
import { openEndpoint } from "./demo/endpoint.ts";
import { giveBack } from "./demo/feedback.ts";
import { appeal, matchAtHome } from "./demo/home.ts";
import { refuseHostile } from "./demo/hostile.ts";
import { rescopeTo, showNothing } from "./demo/law-enforcement.ts";
import { Stage, say } from "./demo/stage.ts";
import { takeBack } from "./demo/take-back.ts";
import {
  beCalled,
  matchOwn,
  openSubscription,
  ownAccounts,
  sendBack,
  tipOff,
  verifyOffline,
  withLawEnforcement,
} from "./demo/tip-off.ts";
import { readOptions } from "./options.ts";
import { startRuntime } from "./runtime.ts";
import { seed } from "./seed.ts";

readOptions("npm run demo tells the whole story against a temporary exchange. It has no options.", {});
const began = Date.now();
const state = mkdtempSync(path.join(tmpdir(), "tipoff-demo-"));
const home = path.join(state, "home");

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const runtime = await startRuntime({ state, port: await freePort(), loopback: true });
const endpoint = await openEndpoint();
try {
  await seed(runtime.url, runtime.identity, home);
  const stage = new Stage(state, home);
  say(`An exchange of five partners runs at ${runtime.url}.`);

  say("Facepage has an endpoint called when something happens. It proves itself once it has the secret.");
  const subscription = await openSubscription(stage, endpoint);
  const tip = await tipOff(stage);
  const { shown, took } = await beCalled(stage, endpoint, tip);
  const changed = await verifyOffline(stage);
  const answers = await matchOwn(stage);
  const operation = shown.operation.id;
  await sendBack(stage, tip, operation);
  await showNothing(stage, tip);
  await rescopeTo(stage, tip, withLawEnforcement, shown.indicators.total);
  await refuseHostile(stage, { endpoint, subscription, operation, changed, took });
  await giveBack(stage, tip, answers);
  const [disputed, appealed] = ownAccounts(answers);
  await dispute(stage, tip, disputed!);
  await matchAtHome(stage);
  await appeal(stage, tip, appealed!);
  await showDay(stage, operation);
  await takeBack(stage, tip, appealed!);

  say(`All of it held. ${((Date.now() - began) / 1_000).toFixed(1)} s.`);
} finally {
  endpoint.close();
  await runtime.stop();
  rmSync(state, { recursive: true, force: true });
}
