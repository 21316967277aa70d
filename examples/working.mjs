// A team's day: what is open, the operation behind it, who works on it, the figures.  node working.mjs facepage.json ana
import { readFileSync, writeFileSync } from "node:fs";
import { connect, listTips, readOperation, readStats, readStatsCsv, triageTip, triageTips } from "tipoff";

const [profile = "facepage.json", assignee = "ana"] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
for await (const { tip, from, operation } of listTips(exchange, { triage: "open", for_you: true })) {
  const { names, tips, claims } = await readOperation(exchange, operation.id);
  const { state } = await triageTip(exchange, tip, { state: "working", assignee });
  console.log(`${from}: ${names.join(" / ")}, ${tips.length} tips, ${claims.length} claims: ${state} with ${assignee}`);
}
const later = await triageTips(exchange, { triage: "new" }, { state: "not_relevant" });
console.log(`${later} are not about us`);
const { total } = await readStats(exchange, { by: "group" });
console.log(`${total.tips} tips in 30 days, ${total.tips_for_you} about us, ${total.answered} answered`);
writeFileSync("figures.csv", await readStatsCsv(exchange)); // for a spreadsheet
