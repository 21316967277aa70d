/** Regressions named for their faults: what a hostile exchange once did to who exports from it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { exportTips } from "../../../src/cli/export-tips.ts";
import type { Session } from "../../../src/cli/session.ts";
import { Unverified } from "../../../src/cli/terminal.ts";
import type { Connection } from "../../../src/client/connect.ts";
import { type FeedbackContent, type SpokenOf, signFeedback } from "../../../src/client/feedback.ts";
import { WholeRows } from "../../../src/client/whole-rows.ts";
import { digest, readPayload } from "../../../src/core/envelope.ts";
import { aWorld, draft, exchange } from "../client/given.ts";

const at = "2026-11-23T13:40:00.000Z";

type Row = Record<string, any>;

/** An exchange with one tip, of that id, as its author signed it; `change` is what the exchange does to what it answers. */
async function exchangeWith(
  id: string,
  change: (answers: { read: Row; row: Row }) => void = () => {},
  more: object = {},
): Promise<Session> {
  const indicators = [{ type: "domain", value: "a.example" }];
  const world = await aWorld("EdDSA", { ...draft, tip: id, indicators, ...more });
  const [receipt, keys] = [await world.receipt(at), world.keys()];
  const document = { ...(readPayload(world.tip.payload) as Row) };
  const read: Row = { tip: id, version: 1, from: "chirper", accepted_at: at, first_accepted_at: at, document };
  Object.assign(read, { envelope: world.tip, receipt, through: "platforms", digest: "", seq: 1, ...draft });
  const row = { seq: 1, ordinal: 0, tip: id, version: 1, indicator: { type: "domain", value: "a.example" } };
  change({ read, row });
  const chirper = { slug: "chirper", name: "Chirper", kind: "platform", platforms: [], domains: [] };
  const page = { partners: [{ ...chirper, keys: keys.partners.chirper }], tips: [], next: null, more: false };
  const connection = {
    signer: world.connection,
    profile: { url: exchange, exchange },
    within: () => connection,
    open: async () => new Response(`${JSON.stringify(row)}\n`),
    call: async (_: string, asked: string) => {
      if (asked.includes("jwks")) return keys.jwks;
      if (asked.startsWith("/v1/indicators")) return { indicators: [row], next: null };
      return asked.startsWith("/v1/tips/") ? read : page;
    },
  };
  return { connection } as unknown as Session;
}

/** The tip as feedback speaks of it, and words on it that its author signs, or whose key it is. */
async function words(session: Session) {
  const { connection } = session as unknown as { connection: Row };
  const spoken: SpokenOf = {
    tip: id,
    version: 1,
    digest: await digest((await connection.call("GET", `/v1/tips/${id}`)).envelope),
  };
  const sign = async (
    said: FeedbackContent & { digest?: string },
    by: Connection = connection.signer,
  ): Promise<Row> => {
    const envelope = await signFeedback(by, spoken, said);
    const document = readPayload(envelope.payload) as Row;
    return { feedback: await digest(envelope), by: "chirper", version: 1, accepted_at: at, seq: 2, envelope, document };
  };
  return { tips: spoken, sign };
}

const id = "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11";
const fresh = () => path.join(mkdtempSync(path.join(tmpdir(), "tipoff-")), "tips");

test.each(["stix", "misp"] as const)(
  "as %s a tip is written into the folder that was named: its id led out of it",
  async (format) => {
    const folder = mkdtempSync(path.join(tmpdir(), "tipoff-"));
    const out = path.join(folder, "tips");
    await exportTips(await exchangeWith(id), format, { out });
    expect(readdirSync(out)).toEqual([`${id}.json`]);
    for (const evil of ["../escaped", "..\\escaped", `${id}/../../escaped`, ".", ""])
      await expect(exportTips(await exchangeWith(evil), format, { out })).rejects.toThrow("an id that is none");
    expect(existsSync(path.join(folder, "escaped.json"))).toBe(false);
    expect(readdirSync(folder)).toEqual(["tips"]);
    rmSync(folder, { recursive: true });
  },
);

test.each<[string, Parameters<typeof exchangeWith>[1], string]>([
  [
    "another document under the author's signature",
    ({ read }) => {
      const text = Buffer.from(read.envelope.payload, "base64url").toString().replace("a.example", "b.example");
      read.envelope = { ...read.envelope, payload: Buffer.from(text).toString("base64url") };
    },
    "signature does not verify",
  ],
  ["a document without its receipt", ({ read }) => delete read.receipt, "without the exchange's receipt"],
  ["another author", ({ read }) => Object.assign(read, { from: "facepage" }), "of another tip"],
  ["an indicator that the author never wrote", ({ row }) => Object.assign(row, { ordinal: 1 }), "its document has not"],
])("%s is not exported, is said, and ends in an error", async (_what, change, reason) => {
  const quiet = vi.spyOn(console, "error").mockImplementation(() => {});
  const out = fresh();
  const all = exportTips(await exchangeWith(id, change), "stix", { out });
  await expect(all).rejects.toThrow(Unverified);
  await expect(all).rejects.toThrow(reason);
  const one = exportTips(await exchangeWith(id, change), "misp", { tip: id, out: `${out}.json` });
  await expect(one).rejects.toThrow(reason);
  expect([readdirSync(out), existsSync(`${out}.json`)]).toEqual([[], false]);
  expect(quiet.mock.calls.join()).toContain(`${id} version 1 is left out`);
  quiet.mockRestore();
});

test("what is exported is what was signed, whatever the exchange makes of it beside", async () => {
  const out = fresh();
  const lies = ({ read, row }: { read: Row; row: Row }) => {
    read.document.operation = { ...read.document.operation, name: "Somebody Else" };
    row.indicator = { type: "domain", value: "innocent.example" };
  };
  await exportTips(await exchangeWith(id, lies), "stix", { out });
  const text = readFileSync(path.join(out, `${id}.json`), "utf8");
  expect(text).toMatch(/Harbour Lantern[\s\S]*a\.example/);
  expect(text).not.toMatch(/Somebody Else|innocent/);
});

test.each(["stix", "misp"] as const)(
  "an embargo and a level that the exchange keeps to itself bind the export as %s: they were not asked of the document",
  async (format) => {
    const quiet = vi.spyOn(console, "error").mockImplementation(() => {});
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const embargo = { embargo: { until, no: ["publication" as const] } };
    const out = fresh();
    const one = `${out}.json`;
    await exportTips(await exchangeWith(id, undefined, embargo), format, { out });
    await expect(exportTips(await exchangeWith(id, undefined, embargo), format, { tip: id, out: one })).rejects.toThrow(
      "--embargoed",
    );
    await exportTips(await exchangeWith(id), format, { out, tlp: "green" });
    expect([readdirSync(out), existsSync(one)]).toEqual([[], false]);
    await exportTips(await exchangeWith(id, undefined, embargo), format, { out, embargoed: true, tlp: "amber" });
    expect(readdirSync(out)).toEqual([`${id}.json`]);
    quiet.mockRestore();
  },
);

test("what nobody signed is not exported as a partner's word: the exchange's decoding of feedback was believed", async () => {
  const quiet = vi.spyOn(console, "error").mockImplementation(() => {});
  const session = await exchangeWith(id);
  const { connection } = session as unknown as { connection: Row };
  const { tips, sign: signed } = await words(session);
  const one = await signed({ status: "found" });
  const written = async (...feedback: Row[]) => {
    const out = fresh();
    const page = { ...tips, summary: {}, feedback, next: null, more: false };
    const { call } = connection;
    connection.call = async (method: string, asked: string) =>
      asked.includes("/feedback") ? page : call(method, asked);
    const ended = await exportTips(session, "stix", { out, feedback: true }).catch((error) => error);
    connection.call = call;
    const { objects } = JSON.parse(readFileSync(path.join(out, `${id}.json`), "utf8"));
    return [ended instanceof Unverified, objects.find(({ type }: Row) => type === "opinion")?.opinion];
  };
  expect(await written(one)).toEqual([false, "agree"]);
  const forged = await signed({ status: "found" }, (await aWorld()).connection);
  for (const lie of [
    { ...one, by: "facepage" },
    { ...one, feedback: forged.feedback },
    forged,
    await signed({ status: "found", digest: "A".repeat(43) }),
    { ...one, envelope: undefined },
  ])
    expect(await written(lie)).toEqual([true, undefined]);
  expect(await written({ ...one, document: { ...one.document, status: "false_positive" } })).toEqual([false, "agree"]);
  quiet.mockRestore();
});

test("a row without an end is given up: it was copied again with each piece", () => {
  const rows = new WholeRows("csv");
  const piece = new Uint8Array(65_536).fill(97);
  expect(() => {
    for (let n = 0; n < 100; n++) rows.take(piece);
  }).toThrow("no end");
});
