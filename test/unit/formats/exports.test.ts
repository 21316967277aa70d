/** Exports as spreadsheets and tools write them, whatever their headings are called. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { withHeadings } from "../../../scripts/importing.ts";
import { sitesWith } from "../../../src/core/indicators/platforms.ts";
import { headings } from "../../../src/formats/headings.ts";
import { type ImportOptions, importReport } from "../../../src/formats/report.ts";

const sites = sitesWith(new Map([["facepage.example", "facepage"]]));
const read = (text: string, options: ImportOptions = { platform: "facepage" }) =>
  importReport([{ name: "export.csv", text }], { sites, ...options });

const ada = {
  type: "account",
  platform: "facepage",
  id: "100080000415129",
  handle: "ada.quay",
  url: "https://facepage.example/ada.quay",
  display_name: "Ada Quay",
  created_at: "2026-05-30",
  note: "Country: XB",
};
const row = "ada.quay,100080000415129,https://facepage.example/ada.quay,Ada Quay,ada@quay.example,2026-05-30,XB";

describe("an ordinary export of accounts", () => {
  test.each([
    "Username,User ID,Profile URL,Display Name,Email,Created,Country",
    "handle,id,url,name,Email,Created,Country",
    "handle,id,url,display_name,email,created_at,Country",
    "screen_name,userid,link,display-name,E-mail,Join Date,Country",
    "USER_NAME,account_id,profile-url,Full Name,email address,Account Creation Date,Country",
  ])("%s", (header) => {
    const { files, indicators } = read(`${header}\n${row}\n`);
    expect(files[0]).toMatchObject({ rows: 1, with_indicators: 1, values: 2, unread: [] });
    expect(indicators).toEqual([ada, { type: "email", value: "ada@quay.example" }]);
  });

  test("addresses in columns of their own are indicators beside the account", () => {
    const { indicators } = read(
      "username,email,IP Address,confidence\nada.quay,ada@quay.example,203.0.113.7; 203.0.113.9,80\n",
    );
    expect(indicators.map(({ type, value, handle }) => [type, value ?? handle])).toEqual([
      ["account", "ada.quay"],
      ["email", "ada@quay.example"],
      ["ip", "203.0.113.7/32"],
      ["ip", "203.0.113.9/32"],
    ]);
    expect(indicators.every(({ confidence }) => confidence === 80)).toBe(true);
  });

  test("one more column does not make it unreadable, and what is not known is named", () => {
    const strange = Array.from({ length: 30 }, (_, at) => `Strange ${at}`);
    const { files, indicators } = read(`handle,${strange.join()}\nada.quay,${strange.map(() => "secret").join()}\n`);
    expect(indicators).toEqual([{ type: "account", platform: "facepage", handle: "ada.quay" }]);
    expect(files[0]?.ignored_columns).toEqual(strange);
  });

  test("without a platform the remedy is named, unless the profile's URL says which it is", () => {
    expect(read("handle,id\nada.quay,1\n", {}).files[0]?.unread[0]?.reason).toContain("--platform");
    const { indicators } = read("handle,profile url\nada.quay,https://facepage.example/ada.quay\n", {});
    expect(indicators[0]).toMatchObject({ platform: "facepage", handle: "ada.quay" });
  });

  test("what does not fit its column is kept in the note, and the account is read", () => {
    const { files, indicators } = read(
      "handle,url,created,language,followers,email\nada.quay,soon,last spring,English,many,at work\n",
    );
    expect(files[0]?.unread).toEqual([]);
    const note = "created: last spring; language: English; followers: many; email: at; email: work; url: soon";
    expect(indicators).toEqual([{ type: "account", platform: "facepage", handle: "ada.quay", note }]);
  });

  test("a day of registration is a domain's, and an account's day of creation", () => {
    const { indicators } = read(
      "type,handle,value,registration date\naccount,ada.quay,,2026-05-30\ndomain,,quay.example,5/30/2026\n",
    );
    expect(indicators).toMatchObject([{ created_at: "2026-05-30" }, { registered_at: "2026-05-30" }]);
  });

  test("an id that a spreadsheet has shortened is unread", () => {
    expect(read("user id,name\n1.79E+18,Ada\n").files[0]?.unread[0]?.reason).toContain("export it again as text");
  });

  test("hashes are read by their column", () => {
    const { indicators } = read(`filename,SHA-256,pdq\na.png,${"a".repeat(64)},${"f8".repeat(32)}\n`);
    expect(indicators).toMatchObject([
      { type: "hash", algorithm: "sha256", filename: "a.png" },
      { type: "hash", algorithm: "pdq" },
    ]);
  });
});

test("a file of columns none of which names anything says so, and which would", () => {
  const { files } = read("Ticket,Region\n17,North\n18,South\n");
  expect(files[0]).toMatchObject({ with_indicators: 0 });
  expect(files[0]?.note).toMatch(
    /^None of these columns names anything: Ticket, Region\. One of these .*handle, id, url/,
  );
});

test("a first row of values is no heading", () => {
  expect(read("https://facepage.example/ada.quay\n").indicators).toHaveLength(1);
  expect(read("url,hxxps://evil[.]example/x\n").files[0]?.rows).toBe(1);
});

test.each([
  "url,hxxps://evil[.]example/x",
  "domain,evil[.]example",
  "ip,203[.]0[.]113[.]4",
  "email,a[at]evil[.]example",
])("a typed row is read defanged: %s", (line) => {
  const { indicators } = read(`type,value\n${line}\n`);
  expect(indicators).toMatchObject([{ type: line.split(",")[0] }]);
  expect(indicators[0]?.value).not.toMatch(/hxxp|\[/);
});

test("a type of another tool is read by its value", () => {
  expect(read("type,value\nip-dst,203.0.113.4\nmd5,d41d8cd98f00b204e9800998ecf8427e\n").indicators).toMatchObject([
    { type: "ip" },
    { type: "hash", algorithm: "md5" },
  ]);
  expect(read("type,value\nmutex,xyz\n").files[0]?.unread[0]?.reason).toBe("This is not a value of type mutex.");
});

test("docs/importing.md has the headings as they are: else run node scripts/importing.ts", () => {
  const text = readFileSync(path.join(import.meta.dirname, "../../../docs/importing.md"), "utf8");
  expect(text).toBe(withHeadings(text));
  expect(text).toContain("| * | `handle` | handle, username,");
});

test("no heading stands for two fields", () => {
  const all = headings.flatMap(({ headings: names }) => names.map((name) => name.replace(/[\s_.-]+/g, "")));
  expect(new Set(all).size).toBe(all.length);
});
