// Is any of this ours, what is asked, by when, whom to ring?  node read-tips.mjs facepage.json
import { readFileSync } from "node:fs";
import { connect, listTips, readTip } from "tipoff";

const exchange = await connect(JSON.parse(readFileSync(process.argv[2] ?? "facepage.json", "utf8")));
for await (const item of listTips(exchange, { for_you: true })) {
  const { for_you, ask, contact } = item;
  console.log(`${item.from}: ${item.operation.name}, ${for_you.indicators} of ${item.indicators.total} are ours`);
  if (ask) console.log(`  asks: ${ask.for.join(", ")}, by ${ask.respond_by ?? "no date"}; ${contact?.email ?? ""}`);
  const { document } = await readTip(exchange, item.tip);
  for (const { type, control = "unknown", ...rest } of document.indicators.slice(0, 3))
    console.log(`  ${type} (${control}): ${rest.value ?? rest.handle ?? rest.url ?? rest.id}`);
}
