// What of one's own tip others dispute, and standing by it, with a reason:  node disputes.mjs chirper.json TIP "It paid for the others."
import { readFileSync } from "node:fs";
import { confirmIndicator, connect, listDisputes } from "tipoff";

const [profile = "chirper.json", id, reason] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
const { disputes } = await listDisputes(exchange, id);
for (const { ordinal, state, by } of disputes) {
  console.log(`indicator ${ordinal} ${state}, by ${by?.join(", ")}`);
  if (!reason || (state !== "open" && state !== "undecided")) continue;
  await confirmIndicator(exchange, id, ordinal, reason);
  console.log(`indicator ${ordinal} is confirmed`);
}
