// Verify a tip with the exchange switched off:  node verify-tip.mjs facepage.json TIP
import { readFileSync, writeFileSync } from "node:fs";
import { connect, fetchKeySet, readTip, verifyTip } from "tipoff";

const [profile, id] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
// Online, now and then: the public keys, and the tips that concern us with their receipts.
writeFileSync("keys.json", JSON.stringify(await fetchKeySet(exchange)));
writeFileSync("tip.json", JSON.stringify(await readTip(exchange, id)));

// Offline, whenever it matters.
const { envelope, receipt } = JSON.parse(readFileSync("tip.json", "utf8"));
const verified = await verifyTip(envelope, JSON.parse(readFileSync("keys.json", "utf8")), receipt);
if (!verified.ok) throw new Error(verified.error);
console.log(
  `Verified: ${verified.value.document.tip} is ${verified.value.from}'s, accepted ${verified.value.accepted_at}`,
);
