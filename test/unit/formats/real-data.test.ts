import { describe, expect, test } from "vitest";
import { tipSchema } from "../../../src/core/tip.ts";
import { identityOf } from "../../../src/formats/merge.ts";
import { importReport } from "../../../src/formats/report.ts";
import { toTips } from "../../../src/formats/to-tips.ts";
import { absent, markdown, ranges, real, reports } from "./real-data.ts";

const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);

describe.skipIf(absent)(real("published takedown reports"), () => {
  const files = [...reports, ...markdown];
  const report = importReport(files);

  test("each row of every file is of exactly one class", () => {
    for (const file of importReport([...files, ...ranges]).files) {
      expect(file.with_indicators + file.duplicates + file.prose + file.unread.length, file.file).toBe(file.rows);
      expect(sum(Object.values(file.by_type)), file.file).toBe(file.values);
    }
  });

  test("all filled rows are counted, and some 9,800 values found", () => {
    const csv = report.files.filter(({ file }) => file.endsWith(".csv"));
    expect(csv).toHaveLength(47);
    expect(sum(csv.map(({ rows }) => rows))).toBe(10_815);
    expect(sum(report.files.map(({ values }) => values))).toBe(report.indicators.length);
    expect(report.indicators.length).toBeGreaterThan(9_700);
  });

  test("three rows are unread, and they hold no value", () => {
    expect(report.files.flatMap(({ file, unread }) => unread.map(({ line }) => `${file.slice(0, 7)}:${line}`))).toEqual(
      ["2021_11:17", "2021_12:16", "2021_12:85"],
    );
  });

  test("every type of the reports is there in its measure", () => {
    const types = Map.groupBy(report.indicators, ({ type }) => type);
    const counts = Object.fromEntries([...types].map(([type, all]) => [type, all.length]));
    expect(counts).toMatchObject({ app: 406, hash: 134, ip: 11, email: 3 });
    expect(counts.domain).toBeGreaterThan(6_900);
    expect(counts.account).toBeGreaterThan(450);
    expect(counts.post).toBeGreaterThan(270);
    expect(counts.phrase).toBeGreaterThan(250);
    expect(counts.name).toBeGreaterThan(45);
  });

  test("the taxonomy of procedures is no report", () => {
    expect(report.files.find(({ file }) => file === "kill-chain.csv")).toMatchObject({
      rows: 0,
      unread: [],
      note: expect.stringContaining("taxonomy"),
    });
  });

  test("victims, abused services and watering holes are not the operation's", () => {
    const control = (value: string) => report.indicators.find((indicator) => indicator.value === value)?.control;
    expect(control("bahrain airport")).toBe("compromised");
    expect(control("bit.ly")).toBe("abused-service");
    expect(control("uyghurhaber.com")).toBe("compromised");
    expect(control("xpresscrypto.com")).toBeUndefined();
  });

  test("spending in millions and followers of nobody are read", () => {
    expect(report.measures).toContainEqual(
      expect.objectContaining({ what: "ad-spend", amount: 1_200_000, currency: "USD" }),
    );
    expect(report.measures).toContainEqual(
      expect.objectContaining({ what: "followers", platform: "instagram", count: 0 }),
    );
  });

  test("every report becomes documents the exchange's schema accepts", () => {
    for (const file of files) {
      for (const { document } of toTips(importReport([file]), draft())) {
        expect(tipSchema.safeParse({ ...document, audience: "A".repeat(43) }).error?.issues ?? [], file.name).toEqual(
          [],
        );
      }
    }
  });

  test("divided by comment, the older reports give the operations they mix, and every indicator", () => {
    const typed = reports.filter(({ name }) => /^20/.test(name));
    const named = typed.flatMap((file) =>
      importReport([file]).by_actor.flatMap(({ actor, indicators }) =>
        actor ? [`${file.name.slice(0, 7)} ${actor.name}: ${indicators.length}`] : [],
      ),
    );
    expect(named.sort()).toEqual([
      "2020_12 APT32: 10",
      "2021_04 Arid Viper: 196",
      "2021_04 PSS: 40",
      "2021_07 Tortoiseshell: 187",
      "2021_11 APT-C-27: 8",
      "2021_11 APT-C-37: 2",
      "2021_11 Pakistan: 15",
      "2021_11 Unnamed: 23",
      "2021_12 Cytrox: 311",
      "2022_04 Azerbaijan: 7",
      "2022_04 CIB: Costa Rica, El Salvador: 2",
      "2022_04 CIB: Russia, Ukraine: 4",
      "2022_04 Previously unreported group (Iran): 54",
      "2022_04 UNC788: 12",
      "2022_08 APT36: 24",
      "2022_08 BITTER APT: 28",
      "2022_09 China: 2",
    ]);
    let count = 0;
    const operationId = () => `7b0c9a7e-1111-4222-8333-${String(++count).padStart(12, "0")}`;
    const all = importReport(typed);
    const tips = toTips(all, { ...draft(), split: { by: "comment", operationId } });
    expect(new Set(tips.map(({ document }) => document.operation.id)).size).toBe(18);
    const values = new Set(tips.flatMap(({ document }) => document.indicators.map((one) => identityOf(one))));
    expect(values).toEqual(new Set(all.indicators.map((one) => identityOf(one))));
    for (const { document } of tips)
      expect(tipSchema.safeParse({ ...document, audience: "A".repeat(43) }).error?.issues ?? []).toEqual([]);
  });

  test("11,360 ranges become two tips of one operation", () => {
    const all = importReport(ranges);
    expect(all.files.map(({ rows, values }) => [rows, values])).toEqual([
      [10_862, 10_862],
      [498, 498],
    ]);
    const tips = toTips(all, draft());
    expect(tips.map(({ document }) => document.indicators.length)).toEqual([10_000, 1_360]);
    expect(new Set(tips.map(({ document }) => document.operation.id)).size).toBe(1);
  });
});

function draft() {
  let count = 0;
  return {
    exchange: "https://tipoff.example",
    from: "chirper",
    issued_at: "2026-11-23T13:40:00Z",
    tlp: "amber" as const,
    operation: { id: "7b0c9a7e-1111-4222-8333-444455556666", name: "Imported" },
    tipId: () => `0199f3a0-7c11-7d2e-9b1a-${String(++count).padStart(12, "0")}`,
  };
}
