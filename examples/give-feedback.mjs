// Tell their authors which of these we have:  node give-feedback.mjs facepage.json harbour-news.example
import { readFileSync } from "node:fs";
import { connect, feedbackOfMatches, giveFeedback, match } from "tipoff";

const [profile = "facepage.json", ...values] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
const answers = await match(exchange, values);
// One word for each tip; to its author alone, unless `share: "sight"` says more.
const words = feedbackOfMatches(answers, { status: "found", already_known: false }, { note: "All are suspended." });
for (const { tip, version, said } of words) {
  const { feedback } = await giveFeedback(exchange, tip, said, version);
  console.log(`${tip}: found ${said.indicators[0].ordinals.length} of its indicators (${feedback})`);
}
