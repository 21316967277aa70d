/** `npm run demo`: one platform tips off another and law enforcement, over real HTTP against a temporary exchange. It asserts what it shows. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { connect } from "../src/client/connect.ts";
import { match } from "../src/client/match.ts";
import { ExchangeProblem } from "../src/client/problem.ts";
import type { Profile } from "../src/client/profile.ts";
import { readTip } from "../src/client/read-tip.ts";
import { signTip } from "../src/client/tips.ts";
import { importReport } from "../src/formats/report.ts";
import { openEndpoint } from "./demo-endpoint.ts";
import { readOptions } from "./options.ts";
import { startRuntime } from "./runtime.ts";
import { seed } from "./seed.ts";

readOptions("npm run demo tells the whole story against a temporary exchange. It has no options.", {});
const began = Date.now();
const root = path.join(import.meta.dirname, "..");
const state = mkdtempSync(path.join(tmpdir(), "tipoff-demo-"));
const home = path.join(state, "home");
const sample = (name: string) => path.join(root, "samples", name);
type Json = Record<string, any>;

const say = (text: string) => console.log(process.stdout.isTTY ? `\n\u001b[1m${text}\u001b[0m` : `\n${text}`);
const note = (text: string) => console.log(`  ${text}`);

/** Runs the command line as a person would, and shows it. */
async function tipoff(as: string, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  note(
    `$ tipoff --as ${as} ${words
      .map((word) => (/\s/.test(word) ? `"${word}"` : word.replace(`${root}/`, "")))
      .join(" ")
      .replace(state, "…")}`,
  );
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [path.join(root, "src/cli/main.ts"), "--as", as, ...words],
      {
        env: { ...process.env, TIPOFF_HOME: home },
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const failed = error as { code: number; stdout: string; stderr: string };
    return { code: failed.code, out: failed.stdout, err: failed.stderr };
  }
}

async function json(as: string, ...words: string[]): Promise<Json> {
  const { code, out, err } = await tipoff(as, "--json", ...words);
  assert.equal(code, 0, err);
  return JSON.parse(out) as Json;
}

async function refused(status: number, what: string, deed: () => Promise<unknown>): Promise<void> {
  try {
    await deed();
  } catch (error) {
    if (error instanceof ExchangeProblem && error.status === status) return note(`✗ ${what}: ${status} ${error.slug}`);
    throw error;
  }
  assert.fail(`${what} should have been refused with ${status}`);
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const port = await freePort();
const runtime = await startRuntime({ state, port, loopback: true });
const endpoint = await openEndpoint();
try {
  await seed(runtime.url, runtime.identity, home);
  const connection = (as: string) =>
    connect(JSON.parse(readFileSync(path.join(home, "profiles", `${as}.json`), "utf8")) as Profile);
  say(`An exchange of five partners runs at ${runtime.url}.`);

  say("Facepage has an endpoint called when something happens. It proves itself once it has the secret.");
  const secretFile = path.join(state, "hook.secret");
  const added = await json("facepage", "subscription", "add", endpoint.url, "--secret-file", secretFile);
  assert.equal(added.state, "unproven");
  endpoint.trust(readFileSync(secretFile, "utf8").trim());
  const proved = await tipoff("facepage", "subscription", "prove", added.subscription);
  assert.equal(proved.code, 0, proved.err);
  note(proved.out.trim());

  say("1. Chirper has taken down 936 accounts. The announcement is in two hours; Facepage must know before.");
  const lift = new Date(Date.now() + 2 * 3_600_000).toISOString();
  const members = path.join(state, "members.json");
  writeFileSync(
    members,
    JSON.stringify({
      handling: ["human-review", "no-publication"],
      ask: { for: ["investigate", "preserve"], urgency: "urgent", respond_by: lift },
      contact: { team: "Threat intelligence", email: "ti@chirper.example", hours: "24x7" },
      basis: ["shared-infrastructure", "timing"],
    }),
  );
  const sent = await json(
    "chirper",
    "import",
    sample("harbour-lantern-accounts.csv"),
    sample("harbour-lantern-leads.csv"),
    "--platform",
    "chirper",
    "--operation",
    "Harbour Lantern",
    "--embargo",
    lift,
    "--members",
    members,
    "--to",
    "platforms,group:election-cell",
    "--submit",
  );
  const rows = sent.files.reduce((sum: number, file: Json) => sum + file.rows, 0);
  const unread = sent.files.reduce((sum: number, file: Json) => sum + file.unread.length, 0);
  assert.equal(sent.files[0].rows, 936);
  assert.equal(unread, 0);
  assert.equal(sent.tips.length, 1);
  const tip = sent.tips[0].tip as string;
  note(
    `${rows} rows read, ${unread} unread; one signed, embargoed tip with ${sent.tips[0].indicators} indicators, seq ${sent.tips[0].seq}.`,
  );
  assert.ok(sent.tips[0].indicators > 1_000);

  say("2. Facepage is called at once, and sees in one line that it concerns it.");
  const { message, at } = await endpoint.told(tip);
  const took = at - Date.parse(message.timestamp);
  const about = message.data.for_you!;
  note(
    `✓ webhook ${message.webhook_id}, verified, ${took} ms after the tip: ${message.type} by ${message.data.from}, ${about.indicators} are Facepage's, ${message.data.urgency}, asks to ${about.ask!.join(", ")}.`,
  );
  const facepage = await connection("facepage");
  const fetched = await readTip(facepage, message.data.tip!);
  const accounts = [{ name: "accounts.csv", text: readFileSync(sample("facepage-accounts.csv"), "utf8") }];
  const asked = importReport(accounts, { platform: "facepage" }).indicators;
  const found = (await match(facepage, asked as never)).filter(({ hits }) =>
    hits.some((hit) => hit.tip === tip),
  ).length;
  assert.ok(found > 20 && fetched.envelope);
  note(`Its receiver fetches the tip and matches by itself: ${found} of its ${asked.length} values are in it.`);
  const feed = await tipoff("facepage", "feed");
  note(feed.out.trim());
  assert.match(feed.out, new RegExp(`${tip}.*are yours.*investigate, preserve`));
  const shown = await json("facepage", "tip", "show", tip, "--envelope", path.join(state, "tip.json"));
  assert.ok(shown.for_you.indicators >= 50);
  assert.equal(shown.embargo.until, lift);
  note(
    `${shown.for_you.indicators} of ${shown.indicators.total} indicators are Facepage's own; through ${shown.through}, TLP:${shown.tlp}, embargo until ${lift}.`,
  );

  say("3. It verifies the signature offline, and a changed copy is found out.");
  await tipoff("facepage", "keys", "save");
  const verified = await tipoff("facepage", "verify", path.join(state, "tip.json"));
  assert.equal(verified.code, 0, verified.err);
  note(verified.out.trim());
  const copy = JSON.parse(readFileSync(path.join(state, "tip.json"), "utf8")) as Json;
  copy.envelope.payload = Buffer.from(
    Buffer.from(copy.envelope.payload, "base64url").toString().replace("Harbour", "Harbous"),
  ).toString("base64url");
  writeFileSync(path.join(state, "changed.json"), JSON.stringify(copy));
  const changed = await tipoff("facepage", "verify", path.join(state, "changed.json"));
  assert.equal(changed.code, 4);
  note(changed.err.trim());

  say("4. It matches its own accounts, sign-in addresses and image hashes.");
  const { answers } = await json(
    "facepage",
    "match",
    "--file",
    sample("facepage-accounts.csv"),
    "--platform",
    "facepage",
  );
  const how: Record<string, number> = {};
  for (const answer of answers) for (const hit of answer.hits) how[hit.how] = (how[hit.how] ?? 0) + 1;
  const matched = answers.filter((answer: Json) => answer.hits.length > 0).length;
  const context = answers.filter((answer: Json) => answer.context.length > 0);
  note(
    `${matched} of ${answers.length} matched: ${Object.entries(how)
      .map(([name, count]) => `${count} ${name}`)
      .join(", ")}.`,
  );
  note(
    `${context.length} are only in a VPN's range, which is everyone's: context, not a match (${context[0].context[0].indicator.value}).`,
  );
  assert.ok(how.exact! > 20 && how["former-handle"]! > 0 && how.similar! > 0 && context.length > 0);
  assert.ok(answers.every((answer: Json) => answer.hits.every((hit: Json) => hit.human_review && hit.embargo)));

  say("5. Facepage found more, and sends a tip back that adds to the operation.");
  const more = path.join(state, "found.txt");
  writeFileSync(more, "https://facepage.example/@harbour.watchers\n192.0.2.77\npier-gazette.example\n");
  const reply = await json("facepage", "reply", tip, more, "--summary", "Three more that sign in together with yours.");
  const back = await json("chirper", "tip", "show", reply.tip);
  assert.equal(back.operation.id, shown.operation.id);
  note(
    `Chirper reads it: ${back.indicators.total} indicators more about ${back.operation.name}, ${back.relates_to.map((relation: Json) => relation.relation).join(" and ")} its own tip.`,
  );

  say("6. Law enforcement is never included by default.");
  const officer = await connection("cyber-unit");
  await refused(404, "cyber-unit reads the tip", () => officer.call("GET", `/v1/tips/${tip}`));
  assert.deepEqual((await officer.call<Json>("GET", "/v1/feed")).events, []);
  note("Its feed is empty.");

  say("7. Chirper rescopes the tip to law enforcement; cyber-unit, with a purpose, pulls it.");
  await tipoff("chirper", "tip", "rescope", tip, "--to", "platforms,group:election-cell,law-enforcement");
  await tipoff(
    "cyber-unit",
    "token",
    "--case",
    "XA-2026-17",
    "--basis",
    "court-order",
    "--unit",
    "Unit 3",
    "--until",
    new Date(Date.now() + 30 * 86_400_000).toISOString(),
  );
  const pulled = await tipoff("cyber-unit", "feed");
  assert.match(pulled.out, new RegExp(`published.*${tip}.*through law-enforcement`));
  note(pulled.out.trim());
  const read = await json("cyber-unit", "tip", "show", tip);
  assert.equal(read.document.indicators.length, shown.indicators.total);
  assert.equal((await json("facepage", "tip", "show", tip)).version, 1);

  say("8. A hostile partner is refused at each step.");
  const hostile = await connection("observatory");
  const scoped = await json(
    "chirper",
    "tip",
    "submit",
    path.join(writeDraft(state), "draft.json"),
    "--to",
    "partner:facepage",
  );
  const again = await endpoint.told(scoped.tip);
  const quickest = Math.min(took, again.at - Date.parse(again.message.timestamp));
  // Of two, since a busy machine may hold up one.
  assert.ok(quickest < 1_000, `The quicker of two webhooks came after ${quickest} ms.`);
  await refused(404, "reads a tip that is not its own", () => hostile.call("GET", `/v1/tips/${scoped.tip}`));
  await refused(404, "widens another's audience", () => hostile.call("PUT", `/v1/tips/${scoped.tip}/audience`, {}));
  await refused(404, "withdraws another's tip", () => hostile.call("POST", `/v1/tips/${scoped.tip}/withdrawal`, {}));
  await refused(403, "enrols a partner of its own", () => hostile.call("POST", "/v1/partners", {}));
  const forged = await signTip(
    hostile,
    { tlp: "amber", operation: { id: shown.operation.id, name: "x" }, indicators: [] },
    { to: ["platforms"] },
  );
  await refused(422, "sends a tip it changed after signing", () =>
    hostile.call("POST", "/v1/tips", { ...forged, tip: { ...forged.tip, payload: copy.envelope.payload } }),
  );
  await refused(422, "addresses a group it is not in", async () =>
    hostile.call(
      "POST",
      "/v1/tips",
      await signTip(
        hostile,
        { tlp: "amber", operation: { id: shown.operation.id, name: "x" }, indicators: [] },
        { to: ["group:harbour-forum"] },
      ),
    ),
  );
  await refused(409, "takes the id of another's tip", async () =>
    hostile.call(
      "POST",
      "/v1/tips",
      await signTip(
        hostile,
        { tip: scoped.tip, tlp: "amber", operation: { id: shown.operation.id, name: "x" }, indicators: [] },
        { to: ["platforms"] },
      ),
    ),
  );
  const subscription = `/v1/subscriptions/${added.subscription}`;
  await refused(404, "looks at Facepage's subscription", () => hostile.call("GET", subscription));
  await refused(404, "has it sent elsewhere", () => hostile.call("PATCH", subscription, { url: endpoint.url }));
  await refused(404, "takes its secret", () => hostile.call("POST", `${subscription}/rotate`, {}));
  await refused(404, "ends it", () => hostile.call("DELETE", subscription));
  assert.deepEqual((await hostile.call<Json>("GET", "/v1/subscriptions")).subscriptions, []);
  assert.equal((await facepage.call<Json>("GET", subscription)).state, "active");
  const probe = await hostile.call<Json>("POST", "/v1/match", { questions: ["only-for-facepage.example"] });
  assert.deepEqual(probe.answers[0].hits, []);
  note("✗ asks whether a value is in a tip it may not see: no match, as for a value that is nowhere");

  say(`All of it held. ${((Date.now() - began) / 1_000).toFixed(1)} s.`);
} finally {
  endpoint.close();
  await runtime.stop();
  rmSync(state, { recursive: true, force: true });
}

function writeDraft(folder: string): string {
  writeFileSync(
    path.join(folder, "draft.json"),
    JSON.stringify({
      tlp: "red",
      operation: { id: crypto.randomUUID(), name: "Quiet Pier" },
      indicators: [{ type: "domain", value: "only-for-facepage.example", control: "operated" }],
    }),
  );
  return folder;
}
