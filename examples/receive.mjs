// A receiver: every event dealt with as its kind demands, in one folder.  node receive.mjs facepage.json received
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { acknowledge, connect, feed, fetchKeySet, verifyTip } from "tipoff";

const [profile = "facepage.json", folder = "received"] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
mkdirSync(folder, { recursive: true, mode: 0o700 });
const keySetFile = `${folder}/keys.json`;
const cursorFile = `${folder}/cursor.txt`;

const saveKeys = async () => {
  const fetched = await fetchKeySet(exchange);
  writeFileSync(keySetFile, JSON.stringify(fetched));
  return fetched;
};
let keys = existsSync(keySetFile) ? JSON.parse(readFileSync(keySetFile, "utf8")) : await saveKeys();

/**
 * The verified document. Keys are added and retired: what does not verify is tried once more with fresh ones.
 * @param {import("tipoff").FeedEvent} event
 */
const read = async ({ envelope, receipt }) => {
  let verified = await verifyTip(envelope, keys, receipt);
  if (!verified.ok) {
    keys = await saveKeys();
    verified = await verifyTip(envelope, keys, receipt);
  }
  if (!verified.ok) throw new Error(verified.error);
  return verified.value.document;
};

const after = existsSync(cursorFile) ? readFileSync(cursorFile, "utf8") : "";
// With { follow: true } it would go on for ever, with each event as it happens.
for await (const event of feed(exchange, { after, documents: true })) {
  const kept = `${folder}/${event.tip}.json`;
  const held = `${folder}/${event.tip}.suspended.json`;
  const why = event.reason ? ` (${event.reason})` : "";
  if (event.from !== exchange.profile.partner)
    switch (event.type) {
      case "published":
      case "revised":
      case "embargo_lifted":
      case "expiring": {
        // Without a document the tip has changed since, and the event that says so is behind this one.
        if (!event.envelope) break;
        const { version, operation, indicators, embargo } = await read(event);
        writeFileSync(kept, JSON.stringify({ envelope: event.envelope, receipt: event.receipt }), { mode: 0o600 });
        rmSync(held, { force: true });
        const bound = embargo && Date.parse(embargo.until) > Date.now() ? `; not before ${embargo.until}` : "";
        console.log(`${event.type}: ${operation.name}, version ${version}, ${indicators.length} indicators${bound}`);
        break;
      }
      case "withdrawn":
      case "recalled":
      case "expired":
        // Gone for us: the copy, what was derived from it, and a look at what was done because of it alone.
        for (const file of [kept, held]) rmSync(file, { force: true });
        // Once that is done, its author is told so; an end by time nobody asks about.
        if (event.tip && event.type !== "expired")
          await acknowledge(exchange, event.tip, { outcome: "deleted", event: event.id });
        console.log(`${event.type}${why}: ${event.tip} is deleted; review what rested on it`);
        break;
      case "suspended":
        // Signed, perhaps, by a thief: nothing is done on it until its author revises or withdraws it.
        if (existsSync(kept)) renameSync(kept, held);
        console.log(`${event.type}: ${event.tip} is set aside`);
        break;
      default:
        // Kinds are added: what one does not know, one lets pass.
        console.log(`${event.type}: nothing to do`);
    }
  // After it was dealt with: a crash before this line repeats an event, and loses none.
  writeFileSync(cursorFile, event.cursor);
}
