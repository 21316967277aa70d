/** Chirper tips off facepage, which is called, verifies the tip, matches its own, and sends a tip back. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { match } from "../../src/client/match.ts";
import { readTip } from "../../src/client/read-tip.ts";
import { importReport } from "../../src/formats/report.ts";
import type { DemoEndpoint } from "./endpoint.ts";
import { type Json, note, type Stage, sample } from "./stage.ts";

/** Whom it is for. The observatory is a member of the cell, and excepted: throughout, it is the one that is refused. */
const scope = "platforms,group:election-cell";
const audience = ["--to", scope, "--except", "observatory"];
export const withLawEnforcement = ["--to", `${scope},law-enforcement`, "--except", "observatory"];

/** When the announcement is. */
const lift = new Date(Date.now() + 2 * 3_600_000).toISOString();

export async function openSubscription(stage: Stage, endpoint: DemoEndpoint): Promise<string> {
  const secretFile = stage.file("hook.secret");
  const added = await stage.json("facepage", "subscription", "add", endpoint.url, "--secret-file", secretFile);
  assert.equal(added.state, "unproven");
  endpoint.trust(readFileSync(secretFile, "utf8").trim());
  await stage.show("facepage", ["subscription", "prove", added.subscription]);
  return added.subscription;
}

/** The tip's id. */
export async function tipOff(stage: Stage): Promise<string> {
  stage.step("Chirper has taken down 936 accounts. The announcement is in two hours; Facepage must know before.");
  const members = stage.file("members.json");
  writeFileSync(
    members,
    JSON.stringify({
      handling: ["human-review", "no-publication"],
      ask: { for: ["investigate", "preserve"], urgency: "urgent", respond_by: lift },
      contact: { team: "Threat intelligence", email: "ti@chirper.example", hours: "24x7" },
      basis: ["shared-infrastructure", "timing"],
    }),
  );
  const files = [sample("harbour-lantern-accounts.csv"), sample("harbour-lantern-leads.csv")];
  const said = ["--platform", "chirper", "--operation", "Harbour Lantern", "--embargo", lift, "--members", members];
  const sent = await stage.json("chirper", "import", ...files, ...said, ...audience, "--submit");
  const rows = sent.files.reduce((sum: number, file: Json) => sum + file.rows, 0);
  const unread = sent.files.reduce((sum: number, file: Json) => sum + file.unread.length, 0);
  assert.equal(sent.files[0].rows, 936);
  assert.equal(unread, 0);
  assert.equal(sent.tips.length, 1);
  const [{ tip, indicators, seq }] = sent.tips;
  assert.ok(indicators > 1_000);
  note(`${rows} rows read, ${unread} unread; one signed, embargoed tip with ${indicators} indicators, seq ${seq}.`);
  return tip;
}

/** The tip as facepage reads it, and the milliseconds until it was called. */
export async function beCalled(
  stage: Stage,
  endpoint: DemoEndpoint,
  tip: string,
): Promise<{ shown: Json; took: number }> {
  stage.step("Facepage is called at once, and sees in one line that it concerns it.");
  const { message, at } = await endpoint.told(tip);
  const took = at - Date.parse(message.timestamp);
  const about = message.data.for_you!;
  note(
    `✓ webhook ${message.webhook_id}, verified, ${took} ms after the tip: ${message.type} by ${message.data.from}, ${about.indicators} are Facepage's, ${message.data.urgency}, asks to ${about.ask!.join(", ")}.`,
  );
  const facepage = await stage.connection("facepage");
  const fetched = await readTip(facepage, message.data.tip!);
  const accounts = [{ name: "accounts.csv", text: readFileSync(sample("facepage-accounts.csv"), "utf8") }];
  const asked = importReport(accounts, { platform: "facepage" }).indicators;
  const found = (await match(facepage, asked as never)).filter(({ hits }) => hits.some((hit) => hit.tip === tip));
  assert.ok(found.length > 20 && fetched.envelope);
  note(`Its receiver fetches the tip and matches by itself: ${found.length} of its ${asked.length} values are in it.`);
  assert.match(await stage.show("facepage", ["feed"]), new RegExp(`${tip}.*are yours.*investigate, preserve`));
  const shown = await stage.json("facepage", "tip", "show", tip, "--envelope", stage.file("tip.json"));
  assert.ok(shown.for_you.indicators >= 50);
  assert.equal(shown.embargo.until, lift);
  note(
    `${shown.for_you.indicators} of ${shown.indicators.total} indicators are Facepage's own; through ${shown.through}, TLP:${shown.tlp}, embargo until ${lift}.`,
  );
  return { shown, took };
}

/** The payload of a copy that was changed. */
export async function verifyOffline(stage: Stage): Promise<string> {
  stage.step("It verifies the signature offline, and a changed copy is found out.");
  await stage.text("facepage", "keys", "save");
  await stage.show("facepage", ["verify", stage.file("tip.json")]);
  const copy = JSON.parse(readFileSync(stage.file("tip.json"), "utf8")) as Json;
  const text = Buffer.from(copy.envelope.payload, "base64url").toString().replace("Harbour", "Harbous");
  copy.envelope.payload = Buffer.from(text).toString("base64url");
  writeFileSync(stage.file("changed.json"), JSON.stringify(copy));
  const changed = await stage.run("facepage", "verify", stage.file("changed.json"));
  assert.equal(changed.code, 4);
  note(changed.err.trim());
  return copy.envelope.payload;
}

/** What the exchange answered of facepage's own. */
export async function matchOwn(stage: Stage): Promise<Json[]> {
  stage.step("It matches its own accounts, sign-in addresses and image hashes.");
  const file = ["--file", sample("facepage-accounts.csv"), "--platform", "facepage"];
  const { answers } = await stage.json("facepage", "match", ...file);
  const how: Record<string, number> = {};
  for (const answer of answers) for (const hit of answer.hits) how[hit.how] = (how[hit.how] ?? 0) + 1;
  const matched = answers.filter((answer: Json) => answer.hits.length > 0).length;
  const context = answers.filter((answer: Json) => answer.context.length > 0);
  const counts = Object.entries(how).map(([name, count]) => `${count} ${name}`);
  note(`${matched} of ${answers.length} matched: ${counts.join(", ")}.`);
  note(
    `${context.length} are only in a VPN's range, which is everyone's: context, not a match (${context[0].context[0].indicator.value}).`,
  );
  assert.ok(how.exact! > 20 && how["former-handle"]! > 0 && how.similar! > 0 && context.length > 0);
  assert.ok(answers.every((answer: Json) => answer.hits.every((hit: Json) => hit.human_review && hit.embargo)));
  return answers;
}

/** Matches with accounts of facepage's own, each of another indicator. */
export const ownAccounts = (answers: readonly Json[]): Json[] =>
  answers
    .flatMap(({ hits }) => hits)
    .filter(({ how, indicator }: Json) => how === "exact" && indicator.platform === "facepage")
    .filter(({ ordinal }: Json, at, all) => all.findIndex((other: Json) => other.ordinal === ordinal) === at);

export async function sendBack(stage: Stage, tip: string, operation: string): Promise<void> {
  stage.step("Facepage found more, and sends a tip back that adds to the operation.");
  const more = stage.file("found.txt");
  writeFileSync(more, "https://facepage.example/@harbour.watchers\n192.0.2.77\npier-gazette.example\n");
  const reply = await stage.json("facepage", "reply", tip, more, "--summary", "Three more that sign in with yours.");
  const back = await stage.json("chirper", "tip", "show", reply.tip);
  assert.equal(back.operation.id, operation);
  const relations = back.relates_to.map(({ relation }: Json) => relation).join(" and ");
  note(
    `Chirper reads it: ${back.indicators.total} indicators more about ${back.operation.name}, ${relations} its own tip.`,
  );
}
