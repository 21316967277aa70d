// Is any of this ours, what is asked, by when, whom to ring?  node read-tips.mjs facepage.json
import { readFileSync, writeFileSync } from "node:fs";
import { connect, listTips, printTip, readTip } from "tipoff";

const exchange = await connect(JSON.parse(readFileSync(process.argv[2] ?? "facepage.json", "utf8")));
for await (const item of listTips(exchange, { for_you: true })) {
  const { for_you, ask, contact } = item;
  console.log(`${item.from}: ${item.operation.name}, ${for_you.indicators} of ${item.indicators.total} are ours`);
  if (ask) console.log(`  asks: ${ask.for.join(", ")}, by ${ask.respond_by ?? "no date"}; ${contact?.email ?? ""}`);
  const { document } = await readTip(exchange, item.tip);
  for (const { type, control = "unknown", ...rest } of document.indicators.slice(0, 3))
    console.log(`  ${type} (${control}): ${rest.value ?? rest.handle ?? rest.url ?? rest.id}`);
  writeFileSync(`${item.tip}.html`, await printTip(exchange, item.tip), { mode: 0o600 }); // for paper
}
