// A token for a tool that signs nothing, until it is taken back:  node read-token.mjs facepage.json opencti.token
// With a word behind:  revoke
import { readFileSync, writeFileSync } from "node:fs";
import { connect, listReadTokens, makeReadToken, revokeReadToken } from "tipoff";

const [profile, file, deed = "make"] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));

if (deed === "make") {
  // Law enforcement names addresses too: the token is refused from elsewhere.
  const { token, expires_at } = await makeReadToken(exchange, { description: file, days: 30 });
  // Shown this once.
  writeFileSync(file, token, { mode: 0o600, flag: "wx" });
  console.log(`The token is in ${file}, until ${expires_at}.`);
}
for await (const { read_token, description, used_on, revoked_at } of listReadTokens(exchange)) {
  if (deed === "revoke" && description === file && !revoked_at) {
    await revokeReadToken(exchange, read_token);
    console.log(`${read_token} is revoked.`);
  } else console.log(`${read_token} for ${description}, last used ${used_on ?? "never"}`);
}
