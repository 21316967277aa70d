// Tip others off:  node sign-tip.mjs chirper.json platforms,group:election-cell
import { readFileSync, writeFileSync } from "node:fs";
import { connect, newTipId, signTip, submit } from "tipoff";

const exchange = await connect(JSON.parse(readFileSync(process.argv[2], "utf8")));
const tip = newTipId();
const signed = await signTip(
  exchange,
  {
    tip,
    tlp: "amber",
    ask: { for: ["investigate", "preserve"], urgency: "urgent" },
    operation: { id: crypto.randomUUID(), name: "Harbour Lantern" },
    indicators: [
      { type: "account", platform: "facepage", handle: "harbour_voice", control: "operated", role: "amplifier" },
      { type: "domain", value: "harbour-news.example", control: "operated" },
      { type: "ip", value: "203.0.113.0/24", service: "vpn" },
    ],
  },
  { to: process.argv[3].split(",") },
);
// Kept before it is sent: after a crash, send this file again, and it is the same tip.
writeFileSync(`${tip}.json`, JSON.stringify(signed), { mode: 0o600 });
const receipt = await submit(exchange, signed);
if (receipt.held) console.log(`Held: ${receipt.tip}, ${receipt.reason}; nobody sees it until the steward lets it go`);
else console.log(`Accepted: ${receipt.tip}, seq ${receipt.seq}, ${receipt.warnings.length} warnings`);
