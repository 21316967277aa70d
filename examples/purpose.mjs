// Law enforcement registers why it reads, and ends it:  node purpose.mjs cyber-unit.json XA-17
// With a word behind:  end
import { readFileSync } from "node:fs";
import { connect, endPurpose, listPurposes, readPurpose, registerPurpose } from "tipoff";

const [file, reference, deed = "register"] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(file, "utf8")));

if (deed === "register") {
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString();
  /** @type {import("tipoff").Purpose} */
  const purpose = { type: "tipoff_purpose", legal_basis: "court-order", case: reference, unit: "Unit 3", until };
  const { purpose: id } = await registerPurpose(exchange, purpose);
  // Where the steward approves purposes it waits: ask again later. Once active it goes into the profile as `purpose`.
  console.log(`${reference} is ${(await readPurpose(exchange, id)).state}.`);
}
for await (const each of listPurposes(exchange)) {
  if (each.case !== reference || deed !== "end" || each.state === "ended") continue;
  // What is bound to it ends too: tokens, read tokens, subscriptions.
  console.log(`${reference} is ${(await endPurpose(exchange, each.purpose)).state}.`);
}
