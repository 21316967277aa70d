/**
 * A wrangler that plays an account kept in the folder FAKE_ACCOUNT: `calls` has the words of each call, `state.json` what the
 * account holds, `secrets/` what was put, which is nowhere else. It knows the calls a deployment makes and refuses others.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

export interface Account {
  signed_in: boolean;
  databases: { uuid: string; name: string }[];
  deployed: (string | null)[];
  /** The beginning of a call that fails. */
  fails?: string;
}

const folder = process.env.FAKE_ACCOUNT!;
const file = path.join(folder, "state.json");
const secrets = path.join(folder, "secrets");
const account = JSON.parse(readFileSync(file, "utf8")) as Account;
const words = process.argv.slice(2);
// Whole or not at all: a test reads it meanwhile.
const save = () => {
  writeFileSync(`${file}.new`, JSON.stringify(account));
  renameSync(`${file}.new`, file);
};
const say = (value: unknown) => console.log(typeof value === "string" ? value : JSON.stringify(value));
function refuse(text: string): never {
  console.error(text);
  process.exit(1);
}

appendFileSync(path.join(folder, "calls"), `${JSON.stringify(words)}\n`);
const call = words.join(" ");
if (account.fails && call.startsWith(account.fails)) refuse("✘ [ERROR] A call to the API failed.");
const config = words.includes("--config") ? words[words.indexOf("--config") + 1]! : undefined;
if (config && !existsSync(config)) refuse(`Could not read file: ${config}`);
if (!account.signed_in && words[0] !== "login")
  refuse(words[0] === "whoami" ? "" : "You are not authenticated. Please run `wrangler login`.");

const bookmark = "00000085-0000024c-00004c6d-8e61117bf38d7adb71b934ebbf891683";
const deeds: [RegExp, () => void][] = [
  [/^deploy --dry-run --outdir /, () => writeFileSync(path.join(words[3]!, "index.js"), "// a bundle")],
  [/^login$/, () => Object.assign(account, { signed_in: true })],
  [/^whoami/, () => say({ loggedIn: true, email: "operator@exchange.example" })],
  [/^d1 list/, () => say(account.databases)],
  [
    /^d1 create/,
    () => account.databases.push({ uuid: "5b2f6c1e-9d3a-4c47-8a55-0f3f6f5b7a21", name: words[2]! }) && say("Created."),
  ],
  [/^d1 info/, () => say("size 1 MB")],
  [/^d1 time-travel/, () => say({ bookmark })],
  [/^d1 migrations (apply|list)/, () => say("No migrations to apply!")],
  [/^d1 execute/, () => say("[]")],
  [
    /^secret list/,
    () =>
      readdirSync(secrets).length > 0
        ? say(readdirSync(secrets).map((name) => ({ name })))
        : refuse("This Worker does not exist on your account. [code: 10007]"),
  ],
  [
    /^secret put/,
    () => {
      writeFileSync(path.join(secrets, words[2]!), readFileSync(0, "utf8"));
      say(`Success! Uploaded secret ${words[2]}`);
    },
  ],
  [/^tail/, () => say("Connected")],
  [/^(rollback|delete|d1 delete|deployments list)/, () => say("Done.")],
  [/^deploy/, () => account.deployed.push(words[1]?.endsWith(".ts") ? words[1] : null) && say("Uploaded tipoff")],
];
const deed = deeds.find(([form]) => form.test(call));
if (!deed) refuse(`The fake knows no such call: ${call}`);
deed[1]();
save();

// Real wrangler returns once the new version is the one that answers. A test that serves it keeps count in `served`.
const served = path.join(folder, "served");
const wait = new Int32Array(new SharedArrayBuffer(4));
for (let turn = 0; existsSync(served) && Number(readFileSync(served, "utf8")) < account.deployed.length; turn++) {
  if (turn > 600) refuse("The fake account waited a minute for its exchange to be served.");
  Atomics.wait(wait, 0, 0, 100);
}
