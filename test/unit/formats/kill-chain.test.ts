import { expect, test } from "vitest";
import { importReport } from "../../../src/formats/report.ts";

const read = (rows: string, header = "Tactic ,Technique,Procedure,Indicator,Notes") =>
  importReport([{ name: "report.csv", text: `${header}\n${rows}\n` }]);
const one = (rows: string) => read(rows).indicators[0];
const acquire = "0. Acquiring assets,0.9 Acquiring social media accounts";

test("a defanged profile URL is an account with its procedure", () => {
  expect(one(`${acquire},0.9.4 Acquiring X / Twitter accounts,https://twitter[.]com/Harbour_Voice,`)).toMatchObject({
    type: "account",
    platform: "x",
    handle: "harbour_voice",
    procedures: ["ook:0.9.4"],
  });
});

test("headers and tactics are read however they are spelled", () => {
  expect(
    read("0. Acqiuring Assets,,0.6.2 Acquiring domains,news[.]example", "Tactic,Technique,Procedure,Indicator")
      .indicators,
  ).toHaveLength(1);
  expect(
    read("0,,0.6.2,news[.]example,seen twice", "tactic,technique,procedure,indicator,Commernts").indicators[0],
  ).toMatchObject({ note: "seen twice" });
});

test("the value counts more than the procedure beside it", () => {
  expect(one(`${acquire},0.9.1 Acquiring Facebook assets,192[.]0[.]2[.]7,`)).toMatchObject({
    type: "ip",
    value: "192.0.2.7/32",
  });
});

test("a bare handle lies on the procedure's platform", () => {
  expect(one(`${acquire},0.9.6 Acquiring TikTok accounts,@harbour.voice,`)).toMatchObject({
    type: "account",
    handle: "harbour.voice",
  });
  expect(one(`${acquire},0.9.6 Acquiring TikTok accounts,harbour.voice_1,`)).toMatchObject({
    platform: "tiktok",
    handle: "harbour.voice_1",
  });
});

test("a cell may hold several values", () => {
  const report = read(`0,,0.6.2,"news[.]example, quay[.]example\nport[.]example",`);
  expect(report.indicators.map(({ value }) => value)).toEqual(["news.example", "quay.example", "port.example"]);
  expect(report.files[0]).toMatchObject({ rows: 1, with_indicators: 1, values: 3 });
});

test("a URL broken at the edge of a column is mended", () => {
  expect(one("6,,6.1.3,https://site[.]example/2021/why-boyc ott-games/,")).toMatchObject({
    type: "url",
    value: "https://site.example/2021/why-boycott-games/",
  });
});

test("what a value redirects to is a value of its own", () => {
  const report = read(
    '7,,7.9.1 Distributing malicious links,https://lnk[.]example/a,"Disguised download\nRedirects to: https://files[.]example/a.apk"',
  );
  expect(report.indicators.map(({ value, role }) => [value, role])).toEqual([
    ["https://lnk.example/a", "redirector"],
    ["https://files.example/a.apk", "landing"],
  ]);
});

test("a headline under a content procedure is a phrase, its translation kept", () => {
  expect(
    one("6,,6.1.3 Posting original content on blogs,港口 必须 扩建 立即 开始,The harbour must grow"),
  ).toMatchObject({ type: "phrase", lang: "zh", translation: "The harbour must grow" });
});

test("a description under a content procedure is an observation", () => {
  const report = read("6,,6.1.1 Posting original content on websites,The network posted its own stories on websites,");
  expect(report.indicators).toEqual([]);
  expect(report.observations).toEqual([
    { procedure: "ook:6.1.1", text: "The network posted its own stories on websites" },
  ]);
});

test("personas, brands and companies become names", () => {
  const report = read(
    '1,,1.2.4 Posing as fictional hacktivist,Generous Thief,\n1,,1.3.1 Creating fictitious news outlet,"yerli-media\nquay-media",\n0,,0.4.1 Registering company,"Predict, a registered firm",',
  );
  expect(report.indicators.map(({ value, kind }) => [value, kind])).toEqual([
    ["generous thief", "persona"],
    ["yerli-media", "brand"],
    ["quay-media", "brand"],
    ["predict", "organisation"],
  ]);
});

test("whom an operation impersonated is marked, what it invented is not", () => {
  expect(one("1,,1.5.1 Impersonating news website,Northbank Herald,")).toMatchObject({
    type: "name",
    control: "impersonated",
  });
  expect(
    one('1,,1.5.1 Impersonating news website,"The network ran ""outlets"", including one called Quay Union",'),
  ).not.toHaveProperty("control");
});

test("a service the operation used is marked as abused", () => {
  expect(one("5,,5.2.1 Using link shortening services,Using lnk[.]example to hide where links lead,")).toMatchObject({
    value: "lnk.example",
    control: "abused-service",
  });
});

test("the comment's word on control, role, date and target is taken", () => {
  expect(
    one(
      '0,,0.6.2,news[.]example,"Operation’s websites and brands Registration date: 07/05/2023, Country likely targeted: USA"',
    ),
  ).toMatchObject({
    control: "operated",
    registered_at: "2023-07-05",
    targets: ["US"],
  });
});

test("a row that names a procedure alone is prose", () => {
  expect(read("1,,1.1.1 Copying profile pictures,,").files[0]).toMatchObject({
    rows: 1,
    prose: 1,
    observations: 1,
    unread: [],
  });
});

test("a row with a blank procedure takes its technique", () => {
  expect(
    read("1. Disguising assets,1.2 Posing as non-existent person,,Posing as dance teacher,").observations[0],
  ).toMatchObject({ procedure: "ook:1.2" });
});

test("duplicates are merged and their procedures united", () => {
  const report = read("0,,0.6.2,news[.]example,\n9,,9.5.2,hxxps://NEWS[.]example,\n9,,9.5.2,News[.]Example,");
  expect(report.files[0]).toMatchObject({ rows: 3, with_indicators: 2, duplicates: 1, values: 2 });
  expect(report.indicators.find(({ type }) => type === "domain")).toMatchObject({
    procedures: ["ook:0.6.2", "ook:9.5.2"],
  });
});

test("where rows disagree, the control that protects a bystander stands", () => {
  expect(one("0,,0.6.2,a[.]example,actor-controlled\n0,,0.6.2,a[.]example,compromised site")).toMatchObject({
    control: "compromised",
  });
});

test("a VPN range is marked, so that a match in it is context", () => {
  expect(one("0,,0.1.2 Acquiring VPN,203[.]0[.]113[.]0/25,VPN range of ExampleVPN; many customers")).toMatchObject({
    type: "ip",
    value: "203.0.113.0/25",
    service: "vpn",
    provider: "ExampleVPN",
  });
});
