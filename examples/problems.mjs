// What a refusal says, and what to do about the rest:  node problems.mjs chirper.json
import { readFileSync } from "node:fs";
import { connect, ExchangeProblem, signTip, submit, Unreachable } from "tipoff";

const exchange = await connect(JSON.parse(readFileSync(process.argv[2] ?? "chirper.json", "utf8")), {
  attempts: 2,
  patience: 1_000,
});
const content = { operation: { id: crypto.randomUUID(), name: "" }, indicators: [{ type: "ip", value: "10.0.0.1" }] };
try {
  await submit(exchange, await signTip(exchange, { tlp: "amber", ...content }, { to: ["everyone"] }));
} catch (error) {
  if (error instanceof ExchangeProblem) {
    // The slug is for programs; every fault is there at once, and nothing of the request was stored.
    console.log(`${error.status} ${error.slug}: ${error.message}`);
    for (const { pointer, detail } of error.faults) console.log(`  ${pointer} ${detail}`);
    if (error.retry_after) console.log(`  again in ${error.retry_after} s`);
  } else if (error instanceof Unreachable) {
    console.log(`${error.message}: whether it was taken is unknown; send the same signed tip again`);
  } else throw error;
}
