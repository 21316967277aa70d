// Become a partner with the steward's invitation:  node join.mjs https://tipoff.example CODE facepage.json
import { writeFileSync } from "node:fs";
import { join } from "tipoff";

const [url, code, file] = process.argv.slice(2);
const { profile } = await join(url, code);
// The private key is nowhere else: for its owner alone, and never over a file that is there.
writeFileSync(file, JSON.stringify(profile), { mode: 0o600, flag: "wx" });
console.log(`You are ${profile.partner} at ${profile.exchange}.`);
