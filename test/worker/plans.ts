/**
 * The plan of every statement that a file of these tests prepared: none scans a table that grows. As a setup file it looks at
 * them when the file is over, so that it does not matter which tests run beside which.
 */
import { afterAll, expect } from "vitest";
import { statements } from "./d1-limits.ts";
import { ground } from "./world.ts";

const growing = [
  "tip",
  "tip_version",
  "document_piece",
  "audience",
  "tip_token",
  "tip_except",
  "withdrawal",
  "tip_place",
  "tip_type",
  "indicator",
  "index_key",
  "observable",
  "event",
  "event_token",
  "event_skip",
  "event_detail",
  "access",
  "access_tip",
  "tip_relation",
  "claim",
  "triage",
  "receiving",
  "feedback_past",
  "recall",
  "acknowledgement",
  "quota",
  "used_once",
  "purpose",
  "read_token",
  "invitation",
  "feedback",
  "feedback_standing",
  "heard",
  "partner_day",
  "appeal",
  "dispute",
  "dispute_voice",
  "held_tip",
  "held_piece",
];
/** Names by which our statements call those tables. */
const alias: Record<string, string> = {
  t: "tip",
  v: "tip_version",
  d: "document_piece",
  a: "audience",
  k: "tip_token",
  i: "indicator",
  e: "event",
  w: "withdrawal",
  z: "event_detail",
  x: "tip_except",
  y: "tip_type",
  u: "purpose",
  r: "read_token",
  tr: "tip_relation",
  cl: "claim",
  tg: "triage",
  rv: "receiving",
  past: "feedback_past",
  fb: "feedback",
  re: "feedback",
  wd: "feedback",
  hd: "heard",
  stood: "feedback_standing",
};

const seen = new Set<string>();

/** Scans in the plans of those prepared since it was asked last. */
export async function newScans(): Promise<string[]> {
  const scans: string[] = [];
  for (const text of [...statements].filter((each) => !seen.has(each))) {
    seen.add(text);
    const plan = await ground()
      .prepare(`EXPLAIN QUERY PLAN ${text}`)
      .bind(...Array(text.split("?").length - 1).fill(null))
      .all<{ detail: string }>();
    for (const { detail } of plan.results) {
      const name = /^SCAN (\w+)(?! VIRTUAL)/.exec(detail)?.[1];
      if (name && !detail.includes("VIRTUAL TABLE") && (growing.includes(name) || growing.includes(alias[name] ?? "")))
        scans.push(`${detail}: ${text.replace(/\s+/g, " ").slice(0, 300)}`);
    }
  }
  return scans;
}

afterAll(async () => {
  expect(await newScans()).toEqual([]);
});
