// Publish the next version of one's own tip:  node revise.mjs chirper.json TIP platforms
import { readFileSync } from "node:fs";
import { connect, listChanges, ownTip, signTip, submit } from "tipoff";

const [profile, id, to] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
const mine = await ownTip(exchange, id);
if (!mine.document)
  throw new Error(`${id} has ended, and its content is erased: sign the next version from your own records`);
const indicators = mine.document.indicators.filter((indicator) => indicator.type !== "ip");
const { version } = await submit(
  exchange,
  await signTip(exchange, { ...mine.document, indicators }, { to: to.split(",") }, mine),
);
console.log(`${id} is at version ${version}, with ${indicators.length} indicators`);
for await (const { change, indicator, before } of listChanges(exchange, id))
  console.log(`${change}: ${(indicator ?? before?.indicator)?.type ?? "what is past its validity"}`);
