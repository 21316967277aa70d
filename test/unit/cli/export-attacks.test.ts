/** Regressions named for their faults: what a hostile exchange once did to who exports from it. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { exportTips } from "../../../src/cli/export-tips.ts";
import type { Session } from "../../../src/cli/session.ts";
import { WholeRows } from "../../../src/client/whole-rows.ts";

const at = "2026-11-23T13:40:00.000Z";

/** An exchange with one tip, of that id. */
function exchangeWith(id: string): Session {
  const operation = { id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11", name: "Harbour Lantern" };
  const document = { tip: id, issued_at: at, tlp: "amber", operation, indicators: [] };
  const times = { accepted_at: at, first_accepted_at: at };
  const read = { tip: id, version: 1, from: "chirper", ...times, document, through: "platforms", digest: "", seq: 1 };
  const row = { seq: 1, ordinal: 0, tip: id, version: 1, indicator: { type: "domain", value: "a.example" } };
  const connection = {
    profile: { url: "https://tipoff.example", exchange: "https://tipoff.example" },
    within: () => connection,
    open: async () => new Response(`${JSON.stringify(row)}\n`),
    call: async (_: string, asked: string) =>
      asked.startsWith("/v1/tips/") ? read : { partners: [], tips: [], next: null, more: false },
  };
  return { connection } as unknown as Session;
}

test.each(["stix", "misp"] as const)(
  "as %s a tip is written into the folder that was named: its id led out of it",
  async (format) => {
    const folder = mkdtempSync(path.join(tmpdir(), "tipoff-"));
    const out = path.join(folder, "tips");
    const id = "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11";
    await exportTips(exchangeWith(id), format, { out });
    expect(readdirSync(out)).toEqual([`${id}.json`]);
    for (const evil of ["../escaped", "..\\escaped", `${id}/../../escaped`, ".", ""])
      await expect(exportTips(exchangeWith(evil), format, { out })).rejects.toThrow("an id that is none");
    expect(existsSync(path.join(folder, "escaped.json"))).toBe(false);
    expect(readdirSync(folder)).toEqual(["tips"]);
    rmSync(folder, { recursive: true });
  },
);

test("a row without an end is given up: it was copied again with each piece", () => {
  const rows = new WholeRows("csv");
  const piece = new Uint8Array(65_536).fill(97);
  expect(() => {
    for (let n = 0; n < 100; n++) rows.take(piece);
  }).toThrow("no end");
});
