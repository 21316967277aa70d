import { expect, test } from "vitest";
import { platformDomains, sitesWith } from "../../../src/core/indicators/platforms.ts";
import { judge, keysOf, probesOf } from "../../../src/core/indicators/registry.ts";
import { importReport } from "../../../src/formats/report.ts";
import { toTips } from "../../../src/formats/to-tips.ts";
import { sample } from "./real-data.ts";

const sites = sitesWith(
  new Map([
    ["chirper.example", "chirper"],
    ["facepage.example", "facepage"],
  ]),
);
const read = (name: string, platform?: string) =>
  importReport([sample(name)], { sites, ...(platform ? { platform } : {}) });

test("the export holds 936 accounts with ids of 19 digits", () => {
  const { files, indicators } = read("harbour-lantern-accounts.csv", "chirper");
  expect(files[0]).toMatchObject({
    rows: 936,
    with_indicators: 936,
    values: 936,
    by_type: { account: 936 },
    unread: [],
  });
  expect(indicators.every(({ id }) => /^\d{19}$/.test(String(id)))).toBe(true);
  expect(new Set(indicators.map(({ id }) => id)).size).toBe(936);
});

test("the leads and the Markdown report are read whole", () => {
  const leads = read("harbour-lantern-leads.csv");
  expect(leads.files[0]).toMatchObject({ rows: 151, with_indicators: 137, prose: 13, duplicates: 1, unread: [] });
  expect(leads.measures).toContainEqual(
    expect.objectContaining({ what: "followers", platform: "facepage", count: 41_000 }),
  );
  expect(read("harbour-lantern-report.md")).toMatchObject({
    operation_name: "Harbour Lantern",
    files: [{ rows: 13, with_indicators: 13 }],
  });
});

test("facepage's list meets the leads as the samples' README says", () => {
  const leads = read("harbour-lantern-leads.csv").indicators;
  const found: Record<string, number> = {};
  for (const question of read("facepage-accounts.csv").indicators) {
    const probes = new Set(probesOf(question, sites));
    for (const lead of leads) {
      const verdict = keysOf(lead).some((key) => probes.has(key)) ? judge(question, lead, sites) : undefined;
      if (!verdict) continue;
      const name = `${question.type} ${verdict.how}${verdict.context ? " context" : ""}${verdict.how === "similar" ? ` ${verdict.distance}` : ""}`;
      found[name] = (found[name] ?? 0) + 1;
    }
  }
  expect(found).toEqual({
    "account exact": 25,
    "account former-handle": 3,
    "ip exact": 7,
    "ip in-range context": 6,
    "hash exact": 4,
    "hash similar 9": 1,
    "hash similar 14": 1,
    "hash similar 27": 1,
  });
});

test("a split by platform holds each partner's own rows and nothing of the others'", () => {
  let count = 0;
  const tips = toTips(read("harbour-lantern-leads.csv"), {
    exchange: "https://tipoff.example",
    from: "chirper",
    issued_at: "2026-11-23T13:40:00Z",
    tlp: "amber",
    sites,
    operation: { id: "7b0c9a7e-1111-4222-8333-444455556666", name: "Harbour Lantern" },
    tipId: () => `0199f3a0-7c11-7d2e-9b1a-${String(++count).padStart(12, "0")}`,
    split: {
      by: "platform",
      partners: [
        { slug: "facepage", platforms: ["facepage"], domains: ["facepage.example"] },
        { slug: "quiet", platforms: ["quiet"], domains: ["quiet.example"] },
        { slug: "video", platforms: ["youtube"], domains: [...platformDomains.youtube!] },
      ],
    },
  });
  expect(tips.map(({ partner }) => partner)).toEqual(["facepage"]);
  expect(tips[0]!.document.indicators).toHaveLength(63);
  expect(tips[0]!.document.indicators.every(({ platform }) => platform === "facepage")).toBe(true);
  expect(tips[0]!.document.operation.measures?.map(({ what }) => what).sort()).toEqual([
    "accounts",
    "followers",
    "groups",
    "members",
    "pages",
  ]);
});
