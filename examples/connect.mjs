// Who am I, and what may I still do today?  node connect.mjs facepage.json
import { readFileSync } from "node:fs";
import { connect } from "tipoff";

const exchange = await connect(JSON.parse(readFileSync(process.argv[2] ?? "facepage.json", "utf8")), {
  timeout: 20_000,
});

// Any call of the API; this one has five seconds in all, retries included.
const me = await exchange.within({ signal: AbortSignal.timeout(5_000) }).call("GET", "/v1/me");
console.log(`${me.partner} holds ${me.holds.join(", ")}; scopes: ${me.scopes.join(", ")}`);
