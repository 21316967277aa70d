// An export or a takedown report into tips:  node import-report.mjs chirper.json accounts.csv
import { readFileSync } from "node:fs";
import { connect, importReport, listPartners, newTipId, signTip, sitesOf, submit, toTips } from "tipoff";

const [profile, file] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));

// Values on partners' domains are read as theirs; bare handles are on our own platform.
const sites = sitesOf(await listPartners(exchange));
const platform = exchange.profile.partner;
const report = importReport([{ name: file, text: readFileSync(file, "utf8") }], { platform, sites });
for (const { line, reason } of report.files[0].unread) console.error(`${file}:${line}: ${reason}`);

// More than a tip holds becomes several tips of one operation.
const drafts = toTips(report, {
  exchange: exchange.profile.exchange,
  from: exchange.profile.partner,
  issued_at: new Date().toISOString(),
  tlp: "amber",
  operation: { id: crypto.randomUUID(), name: "Harbour Lantern" },
  tipId: newTipId,
});
for (const { document } of drafts) {
  const { tip } = await submit(exchange, await signTip(exchange, document, { to: ["platforms"] }));
  console.log(`${tip}: ${document.indicators.length} indicators`);
}
