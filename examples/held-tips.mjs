// Which of one's tips are held until the steward lets them go, and taking them back:  node held-tips.mjs chirper.json take-back
import { readFileSync } from "node:fs";
import { connect, listHeldTips, takeBackHeldTip } from "tipoff";

const [profile = "chirper.json", deed] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
for (const { tip, digest, state, reason } of await listHeldTips(exchange)) {
  console.log(`${tip} is ${state}: ${reason}`);
  if (deed !== "take-back") continue;
  await takeBackHeldTip(exchange, digest);
  console.log(`${tip} is taken back`);
}
