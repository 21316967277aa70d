// Who was handed our tip, what were we handed, what does everybody know?  node accesses.mjs chirper.json TIP
import { readFileSync } from "node:fs";
import { connect, listAccesses, listTipAccesses, readTransparency } from "tipoff";

const [profile, id] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
for await (const { day, partner, country, legal_bases } of listTipAccesses(exchange, id))
  console.log(`${day}: ${partner}${legal_bases ? ` (${country}, ${legal_bases.join(", ")})` : ""}`);
for await (const { day, tip, door } of listAccesses(exchange)) console.log(`${day}: we were handed ${tip} by ${door}`);
for (const { month, tips } of await readTransparency(exchange))
  console.log(`${month}: ${tips ?? "too few to say"} tips`);
