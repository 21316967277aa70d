// Two tips are about the same thing: say so, or take it back.  node claim.mjs facepage.json OURS duplicates THEIRS
import { readFileSync } from "node:fs";
import { claimRelation, connect, takeBackClaim } from "tipoff";

const [profile, ours, relation, theirs] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
if (relation === "duplicates" || relation === "same-operation") {
  const { claimed_by, made_at } = await claimRelation(exchange, ours, relation, theirs);
  console.log(`${claimed_by} claims it since ${made_at}; whoever sees both tips sees that`);
} else {
  await takeBackClaim(exchange, ours, theirs);
  console.log("It is claimed no more");
}
