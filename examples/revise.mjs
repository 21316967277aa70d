// Publish the next version of one's own tip:  node revise.mjs chirper.json TIP platforms
import { readFileSync } from "node:fs";
import { connect, ownTip, signTip, submit } from "tipoff";

const [profile, id, to] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
const mine = await ownTip(exchange, id);
const indicators = mine.document.indicators.filter((indicator) => indicator.type !== "ip");
const { version } = await submit(
  exchange,
  await signTip(exchange, { ...mine.document, indicators }, { to: to.split(",") }, mine),
);
console.log(`${id} is at version ${version}, with ${indicators.length} indicators`);
