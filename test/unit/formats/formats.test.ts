import { describe, expect, test } from "vitest";
import { sitesWith } from "../../../src/core/indicators/platforms.ts";
import { detectFormat } from "../../../src/formats/detect.ts";
import { type ImportOptions, importReport } from "../../../src/formats/report.ts";
import { readTable } from "../../../src/formats/table.ts";

const sites = sitesWith(
  new Map([
    ["chirper.example", "chirper"],
    ["facepage.example", "facepage"],
  ]),
);
const read = (text: string, options: ImportOptions = {}, name = "a.txt") =>
  importReport([{ name, text }], { sites, ...options });

describe("typed rows", () => {
  const head = "indicator_type,indicator_value,comment,ds\n";
  test("ds is the day it was reported, and a package name is an app", () => {
    expect(
      read(`${head}android_package_name,com.quay.chat,Quay Chat,2022-10-03\nios_app_id,1555651942,Ads,2022-10-03`)
        .indicators,
    ).toMatchObject([
      { type: "app", store: "google-play", id: "com.quay.chat", note: "Quay Chat", reported_at: "2022-10-03" },
      { type: "app", store: "app-store", id: "1555651942" },
    ]);
  });
  test("a wrong value is unread with its line and type", () => {
    expect(read(`${head}md5,v21b4327d6881be1893fd2a8431317f6b,,2021-11-16`).files[0]).toMatchObject({
      rows: 1,
      unread: [{ line: 2, reason: "This is not a value of type md5." }],
    });
  });
  test("a URL of a site unknown to us stays a URL", () => {
    expect(read(`${head}url,https://drive.example/u/s!Amk,Malware,2023-05-03`).indicators[0]).toMatchObject({
      type: "url",
    });
  });
});

describe("account exports", () => {
  const head =
    "userid,user_display_name,user_screen_name,user_reported_location,user_profile_description,user_profile_url,follower_count,following_count,account_creation_date,account_language\n";
  test("an id of 19 digits survives", () => {
    expect(
      read(`${head}1790000005915952762,Ada Quay,Ada_Quay,,,,812,3,2026-05-30,en`, { platform: "chirper" })
        .indicators[0],
    ).toMatchObject({
      type: "account",
      platform: "chirper",
      kind: "profile",
      id: "1790000005915952762",
      handle: "ada_quay",
      followers: 812,
      created_at: "2026-05-30",
    });
  });
  test("an id a spreadsheet has shortened is unread", () => {
    expect(read(`${head}1.79E+18,Ada,Ada,,,,,,,`, { platform: "chirper" }).files[0]?.unread).toHaveLength(1);
  });
  test("without --platform no row is read, and the reason says so", () => {
    expect(read(`${head}1790000005915952762,A,a,,,,,,,`).files[0]?.unread[0]?.reason).toContain("--platform");
  });
});

describe("Markdown reports", () => {
  const text =
    "# Indicators of Compromise: Quay\n\n## Network Summary\n\nWe removed 4 Facebook accounts and 12 Pages. About 200 accounts followed one or more of these Pages.\n\n| Indicator Type | Indicator Value |\n| :--- | :--- |\n| Proxy IP | `192[.]0[.]2[.]7` |\n| Social Media Account | `hxxp://tiktok[.]com/@quay` |\n";
  test("the table is read, the summary kept and counted", () => {
    const report = read(text, {}, "report.md");
    expect(report.indicators).toMatchObject([
      { type: "ip", service: "proxy" },
      { type: "account", platform: "tiktok", handle: "quay" },
    ]);
    expect(report).toMatchObject({ operation_name: "Quay", files: [{ rows: 2, measures: 3 }] });
    expect(report.measures[2]).toEqual({ what: "followers", platform: "facebook", count: 200, approximate: true });
  });
  test("a report without indicators has no rows", () => {
    expect(read("# Quay\n\n## Summary\n\nNothing.\n", {}, "quay.md").files[0]).toMatchObject({
      rows: 0,
      unread: [],
      note: expect.any(String),
    });
  });
});

describe("plain CSV", () => {
  test("a header of our fields is read; a strange column is left out, and named", () => {
    const { files, indicators } = read(
      "type,platform,id,handle,former_handles,confidence,Ticket No\naccount,facepage,100080000415129,Ines,ines.a;ines.b,90,T-1",
    );
    expect(files[0]?.ignored_columns).toEqual(["Ticket No"]);
    expect(JSON.stringify(indicators)).not.toContain("T-1");
    expect(indicators[0]).toMatchObject({
      type: "account",
      platform: "facepage",
      id: "100080000415129",
      handle: "ines",
      former_handles: ["ines.a", "ines.b"],
      confidence: 90,
    });
  });
  test("a column of values needs no type", () => {
    expect(read("value,note\nhxxps://facepage[.]example/@ines,seen\n203[.]0[.]113[.]4,").indicators).toMatchObject([
      { type: "account", platform: "facepage", note: "seen" },
      { type: "ip" },
    ]);
  });
  test("a refused member is told by name", () => {
    expect(read("type,value,confidence\ndomain,news.example,200").files[0]?.unread[0]?.reason).toContain("confidence");
  });
});

describe("JSON", () => {
  test("a tip, a list and an object of indicators are read", () => {
    const list = [{ type: "domain", value: "News.example" }];
    for (const text of [JSON.stringify(list), JSON.stringify({ indicators: list })])
      expect(read(text).indicators).toEqual([{ type: "domain", value: "news.example" }]);
    expect(
      read(
        JSON.stringify({
          operation: { id: "x", name: "Quay", measures: [{ what: "accounts", count: 1 }] },
          indicators: list,
        }),
      ),
    ).toMatchObject({ operation_name: "Quay", measures: [{ count: 1 }] });
  });
  test("an id written as an unsafe number is refused", () => {
    expect(read('[{"type":"account","platform":"x","id":1790000005915952762}]').files[0]).toMatchObject({
      rows: 1,
      with_indicators: 0,
      unread: [{ line: 1 }],
    });
  });
});

describe("lines", () => {
  test("one value a line, comments and blanks are no rows", () => {
    expect(read("# ranges\n203.0.113.0/24\n\n#HarbourFirst\nno value here\n").files[0]).toMatchObject({
      rows: 3,
      with_indicators: 2,
      unread: [{ line: 5 }],
    });
  });
});

test("formats are told by what a file holds", () => {
  const found = [
    "Tactic ,Technique,Procedure,Indicator\n",
    "indicator_type,indicator_value,comment,ds\n",
    "userid,user_display_name,user_screen_name\n",
    "type,value\n",
    ' [{"type":"ip"}]',
    "# A\n\n| a | b |\n",
    "news.example\n",
  ];
  expect(found.map((text) => detectFormat("a", text))).toEqual([
    "kill-chain",
    "typed-rows",
    "account-export",
    "plain-csv",
    "json",
    "markdown",
    "lines",
  ]);
});

test("rows of several lines keep the line at which they begin", () => {
  const { rows } = readTable('\uFEFFa,b\r\n1,"x\r\ny"\r\n\r\n,\r\n2,z\r\n');
  expect(rows.map(({ line }) => line)).toEqual([2, 6]);
});

test("a quote that never closes is told with its line, and does not lose the rows around it", () => {
  const reason = "A quote opens in this line and never closes.";
  const text = 'a,b\n1,x\n"2,y\n3,z\n';
  const around = [
    { line: 2, cells: ["1", "x"] },
    { line: 4, cells: ["3", "z"] },
  ];
  expect(readTable(text)).toMatchObject({ rows: around, faults: [{ line: 3, reason }] });
  // A later quoted cell does not close it.
  expect(readTable(`${text}"4, quoted","a\nb"\n5,"w\n6,v\n`)).toMatchObject({
    rows: [...around, { line: 5, cells: ["4, quoted", "a\nb"] }, { line: 8, cells: ["6", "v"] }],
    faults: [
      { line: 3, reason },
      { line: 7, reason },
    ],
  });
  expect(read('handle,platform\n"unclosed,photogram\nada,photogram').files[0]).toMatchObject({
    rows: 2,
    with_indicators: 1,
    unread: [{ line: 2, reason }],
  });
});

test("a quoted cell that begins with a quote of its own is whole", () => {
  expect(readTable('a,b\n"""x"" said\nhe",y\n')).toMatchObject({
    rows: [{ cells: ['"x" said\nhe', "y"] }],
    faults: [],
  });
});
