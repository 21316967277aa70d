// Which of these have others tipped us off about?  node match.mjs facepage.json 203.0.113.9 harbour-news.example
import { readFileSync } from "node:fs";
import { connect, match } from "tipoff";

const [profile = "facepage.json", ...values] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
const answers = await match(exchange, [...values, { type: "account", platform: "facepage", handle: "harbour_voice" }]);
for (const { read_as, unreadable, hits, context } of answers) {
  if (unreadable) console.log(unreadable);
  for (const { how, from, operation, control, human_review } of hits)
    console.log(read_as, how, from, operation.name, control, human_review ? "(human review)" : "");
  if (hits.length === 0) console.log(read_as, context.length > 0 ? "only in a range that is everyone's" : "no match");
}
