// What became of one's own tip, an answer to who asked, and which other tips wait for one:
//   node read-feedback.mjs chirper.json TIP "The first two."
import { readFileSync } from "node:fs";
import { connect, giveFeedback, listFeedback, listHeard, signFeedback } from "tipoff";

const [profile, tip, answer] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
const found = await listFeedback(exchange, tip);
for (const { ordinal, by_status } of found.summary.indicators ?? []) console.log("indicator", ordinal, by_status);
for (const { by, status, document } of found.feedback) console.log(by, status ?? "", document?.note ?? "");
const asked = found.feedback.find(({ status, stands }) => status === "needs_context" && stands);
if (asked && answer) {
  // Signed first: keep it, and send the same again where no answer came.
  const word = await signFeedback(exchange, found, { reply_to: asked.feedback, note: answer });
  await giveFeedback(exchange, tip, word);
  console.log(`${asked.by} is answered`);
}
for await (const { tip: other, operation, unanswered } of listHeard(exchange, { unanswered: true }))
  console.log(`${other} (${operation.name}): ${unanswered} to answer`);
