// Found more on our side: a tip back to the author.  node reply.mjs facepage.json TIP found.csv
import { readFileSync } from "node:fs";
import { connect, importReport, readTip, signReply, submit } from "tipoff";

const [profile, id, file] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
const original = await readTip(exchange, id);
const { indicators } = importReport([{ name: file, text: readFileSync(file, "utf8") }], { platform: "facepage" });
const signed = await signReply(exchange, original, { tlp: "amber", indicators, summary: "They sign in with yours." });
const { tip } = await submit(exchange, signed);
console.log(`${tip} adds ${indicators.length} indicators to ${original.operation.name}, for ${original.from} alone`);
