// Change who may see one's own tip:  node rescope.mjs chirper.json TIP platforms,law-enforcement
import { readFileSync } from "node:fs";
import { connect, ownTip, rescope, signRescope } from "tipoff";

const [profile, id, to] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
const audience = await signRescope(exchange, await ownTip(exchange, id), { to: to.split(",") });
const { revision } = await rescope(exchange, id, audience);
console.log(`${id} has audience revision ${revision}`);
