// What you may see as a file, whole or an error:  node export.mjs facepage.json tips.csv
import { createWriteStream, readFileSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { connect, exportIndicators } from "tipoff";

const [profile = "facepage.json", file = "tips.csv"] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
// A transfer that breaks is gone on with behind its last whole row.
const rows = exportIndicators(exchange, { format: "csv", trouble: ({ message }) => console.error(message) });
await pipeline(rows, createWriteStream(file, { mode: 0o600 }));
console.log(`${file} has a row for each indicator.`);
