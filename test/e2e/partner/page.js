// Runs in a browser: one partner tips off another with the installed package, which reads, matches and verifies.
import { connect, feed, fetchKeySet, importReport, match, signTip, submit, verifyTip } from "tipoff";

const { chirper, facepage } = await (await fetch("/data")).json();
const [author, reader] = await Promise.all(
  [chirper, facepage].map((profile) => connect({ ...profile, url: location.origin })),
);
const text = "type,value,note\ndomain,quiet-pier.example,“näh”\nurl,https://quiet-pier.example/öffnen,\n";
const { indicators } = importReport([{ name: "found.csv", text }]);
const operation = { id: crypto.randomUUID(), name: "Quiet Pier" };
const { tip } = await submit(
  author,
  await signTip(author, { tlp: "amber", operation, indicators }, { to: ["platforms"] }),
);
let through;
let verified;
const keys = await fetchKeySet(reader);
for await (const event of feed(reader, { documents: true, page: 2 })) {
  if (event.tip !== tip) continue;
  through = event.through;
  verified = (await verifyTip(event.envelope, keys, event.receipt)).ok;
}
const answers = await match(reader, ["quiet-pier[.]example", "https://quiet-pier.example/öffnen"]);
const refused = await submit(
  author,
  await signTip(author, { tlp: "amber", operation, indicators: [{ type: "ip", value: "x" }] }, { to: ["platforms"] }),
).catch((error) => error.slug);
globalThis.done({
  indicators: indicators.length,
  matched: answers.map((answer) => answer.hits[0]?.how),
  through,
  verified,
  refused,
});
