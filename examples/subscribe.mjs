// Have your endpoint called:  node subscribe.mjs facepage.json https://facepage.example/hooks/tipoff secret.txt
// Once more when the endpoint has the secret, which proves it. Later, with a word behind:  only-ours, rotate, mend, end
import { readFileSync, writeFileSync } from "node:fs";
import {
  changeSubscription,
  connect,
  deleteSubscription,
  ExchangeProblem,
  listDeliveries,
  listSubscriptions,
  makeSubscription,
  pauseSubscription,
  proveSubscription,
  readSubscription,
  recoverDeliveries,
  resendEvent,
  resumeSubscription,
  rotateSecret,
  sendSamples,
} from "tipoff";

const [profile, url, file, deed = "begin"] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));

const mine = (await listSubscriptions(exchange)).find((each) => each.url === url);
const id = mine?.subscription ?? (await begin());

async function begin() {
  // Not called for what one does oneself.
  const { subscription, secret } = await makeSubscription(exchange, { url, filters: { own: false } });
  // Shown this once. A receiver cannot verify the challenge before it has this, so that it is asked once more.
  writeFileSync(file, secret, { mode: 0o600, flag: "wx" });
  console.log(`The secret is in ${file}. Give it to the endpoint, and run this again.`);
  return subscription;
}

switch (deed) {
  case "begin": {
    if (!mine) break;
    if (mine.state === "unproven") await proveSubscription(exchange, id);
    for (const { type, outcome, status } of await sendSamples(exchange, id, ["published", "withdrawn"]))
      console.log(`A sample of ${type}: ${outcome}, ${status}`);
    break;
  }
  case "only-ours":
    await changeSubscription(exchange, id, { filters: { own: false, platforms: ["facepage"] } });
    break;
  case "rotate": {
    // For a day both sign: the endpoint may have the new one at any time until then.
    const { secret, former_secret_until } = await rotateSecret(exchange, id);
    writeFileSync(file, secret);
    console.log(`The new secret is in ${file}; the former one signs until ${former_secret_until}.`);
    break;
  }
  case "mend":
    // The endpoint was away, and the exchange paused the subscription after five days, or at its first 410.
    await resumeSubscription(exchange, id);
    await recoverDeliveries(exchange, id, new Date(Date.now() - 13 * 86_400_000).toISOString());
    for await (const { event, state } of listDeliveries(exchange, id, { state: "exhausted" })) {
      console.log(`${event} was ${state}: sent again`);
      // What is not ours any more is not sent.
      await resendEvent(exchange, id, event).catch((error) => {
        if (!(error instanceof ExchangeProblem && error.status === 404)) throw error;
      });
    }
    break;
  case "end":
    await pauseSubscription(exchange, id);
    await deleteSubscription(exchange, id);
}
if (deed !== "end") console.log(`${id} is ${(await readSubscription(exchange, id)).state}`);
