// What happened since this ran last:  node feed.mjs facepage.json cursor.txt
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect, feed } from "tipoff";

const [profile = "facepage.json", file = "cursor.txt"] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
const after = existsSync(file) ? readFileSync(file, "utf8") : "";

// With { after, follow: true } it would go on for ever, with each event as it happens.
for await (const event of feed(exchange, { after })) {
  console.log(event.at, event.type, event.tip, `${event.for_you?.indicators ?? 0} are ours`);
  // First dealt with, then kept: after a crash events may come twice (event.id tells), and none is lost.
  writeFileSync(file, event.cursor);
}
