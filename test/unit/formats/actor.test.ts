import { describe, expect, test } from "vitest";
import { actorsOf } from "../../../src/formats/actor.ts";
import { importReport } from "../../../src/formats/report.ts";
import { toTips } from "../../../src/formats/to-tips.ts";
import { sample } from "./real-data.ts";

const nameOf = (comment: string) => actorsOf([comment])[0]?.name;

describe("whom a comment names", () => {
  test.each([
    ["APT32: Malware Hash", "APT32"],
    ["Lantern Viper: Android Firebase Domain", "Lantern Viper"],
    ["Latvia: Command and control server", "Latvia"],
    ["Latvia: Lanternshell related Domain", "Lanternshell"],
    ["UNC901, Latvia", "UNC901"],
    ["Previously unreported group (Latvia)", "Previously unreported group (Latvia)"],
    ["CIB: Latvia, Croatia", "CIB: Latvia, Croatia"],
    ["Latvia", "Latvia"],
    ["PSS Windows Malware C2 Domain", "PSS"],
    ["Unnamed: Hosting an app", "Unnamed"],
  ])("%s: %s", (comment, name) => expect(nameOf(comment)).toBe(name));

  test.each([
    "",
    "Plugin Phantom",
    "Watering hole with malicious iframe",
    "Hosting ActionSpy malware",
    "Malware hosting or redirect",
    "NodeStealer Sample",
    "Latvia-targeting CIB domain",
    "CIB Telegram URL",
    "Malicious Domain",
    "Registration date: 02/24/2022, Targeted: Latvia",
    "CIB: Page of the operation",
    "Domains spoofing news sites: registered in June",
    "https://lantern.example/a: landing page",
  ])("%j names nobody", (comment) => expect(nameOf(comment)).toBeUndefined());

  test("spellings of one name are one actor, called as it is first spelt", () => {
    const apt = ["APT 36: C2", "apt-36: Hash", "Apt36: Hash", "the APT36", "APT36"];
    expect(actorsOf(apt).map((one) => one?.name)).toEqual(apt.map(() => "APT 36"));
    expect(actorsOf(["BITTER APT: x", "Bitter: y"]).map((one) => one?.key)).toEqual(["bitter", "bitter"]);
  });

  test("a name alone is an actor's where another row of the file puts it before a colon", () => {
    expect(actorsOf(["Lantern Viper", "Lantern Viper: C2"]).map((one) => one?.name)).toEqual([
      "Lantern Viper",
      "Lantern Viper",
    ]);
    expect(nameOf("Lantern Viper")).toBeUndefined();
  });
});

describe("a report divided by comment", () => {
  let count = 0;
  const next = (form: string) => form + String(++count).padStart(12, "0");
  const tips = toTips(importReport([sample("quarter-report.csv")]), {
    exchange: "https://tipoff.example",
    from: "chirper",
    issued_at: "2026-11-23T13:40:00Z",
    tlp: "amber",
    operation: { id: next("7b0c9a7e-1111-4222-8333-"), name: "Quarter" },
    tipId: () => next("0199f3a0-7c11-7d2e-9b1a-"),
    split: { by: "comment", operationId: () => next("7b0c9a7e-1111-4222-8333-") },
  });
  const valuesOf = (name: string) =>
    tips
      .filter(({ document }) => document.operation.name === name)
      .flatMap(({ document }) => document.indicators.map((indicator) => indicator.value ?? indicator.id));

  test("each actor is an operation with an id and a name of its own; the rest comes last", () => {
    expect(tips.map(({ document, rest }) => [document.operation.name, document.operation.actor, rest])).toEqual([
      ["Quarter: Lantern Viper", "Lantern Viper", undefined],
      ["Quarter: APT 901", "APT 901", undefined],
      ["Quarter: Buoysoft", "Buoysoft", undefined],
      ["Quarter: CIB: Latvia", undefined, undefined],
      ["Quarter", undefined, true],
    ]);
    expect(new Set(tips.map(({ document }) => document.operation.id)).size).toBe(5);
  });

  test("a value two actors share is in both, each with its own rows' words", () => {
    const note = (name: string) =>
      tips
        .find(({ document }) => document.operation.name === name)
        ?.document.indicators.find(({ value }) => value === "shared-host.example")?.note;
    expect(note("Quarter: Lantern Viper")).toBe("Lantern Viper: Malware Hosting Domain");
    expect(note("Quarter: APT 901")).toBe("APT901: Hosting first stage");
  });

  test("rows that name nobody, and an app whose comment is its name, are the rest", () => {
    expect(valuesOf("Quarter")).toEqual(["ferry-times.example", "quay-petition.example", "com.quay.tides"]);
  });
});
