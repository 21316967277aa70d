// Take one's own tip back, everywhere and for good:  node withdraw.mjs chirper.json TIP
import { readFileSync } from "node:fs";
import { connect, ownTip, readAcknowledgements, signWithdrawal, withdraw } from "tipoff";

const [profile, id] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
const withdrawal = await signWithdrawal(
  exchange,
  await ownTip(exchange, id),
  "mistake",
  "Two of the accounts were ours.",
);
const { withdrawn_at } = await withdraw(exchange, id, withdrawal);
console.log(`${id} is withdrawn since ${withdrawn_at}; everyone who has or had it is told`);
const { acknowledgements } = await readAcknowledgements(exchange, id);
for (const { partner, outcome } of acknowledgements) console.log(`${partner}: ${outcome ?? "has not answered yet"}`);
