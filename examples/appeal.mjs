// Report that appeals on an indicator of a tip were upheld:  node appeal.mjs facepage.json TIP 0
import { readFileSync } from "node:fs";
import { connect, readTip, reportAppeal } from "tipoff";

const [profile = "facepage.json", id, ...places] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
const { version } = await readTip(exchange, id);
// Places and a day, and nothing of the person: everyone who has these indicators is asked to look again.
const decided_on = new Date().toISOString().slice(0, 10);
await reportAppeal(exchange, id, { version, indicators: places.map(Number), decided_on });
const { marks } = await readTip(exchange, id);
console.log(`an appeal was upheld on the indicators ${marks?.appealed?.join(", ")}`);
