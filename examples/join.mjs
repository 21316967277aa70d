// Become a partner with the steward's invitation:  node join.mjs https://tipoff.example CODE facepage.json
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, loadKey, makeKey } from "tipoff";

const [url, code, file] = process.argv.slice(2);
// The private key is on disk before the code is spent, so that the same command goes on where it was cut short. It is
// nowhere else: for its owner alone, and never over a file that is there.
const kept = `${file}.key`;
const key = existsSync(kept) ? await loadKey(JSON.parse(readFileSync(kept, "utf8"))) : await makeKey();
if (!existsSync(kept)) writeFileSync(kept, JSON.stringify(key.jwk), { mode: 0o600, flag: "wx" });

const { profile } = await join(url, code, { key });
writeFileSync(file, JSON.stringify(profile), { mode: 0o600, flag: "wx" });
rmSync(kept);
console.log(`You are ${profile.partner} at ${profile.exchange}.`);
