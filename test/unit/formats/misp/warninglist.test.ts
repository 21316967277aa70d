/** Warninglists: exact values that are everyone's. The real ones are read where they lie beside the project. */
import { expect, test } from "vitest";
import { type Listed, onLists, readWarninglist, type Warninglist } from "../../../../src/formats/misp/warninglist.ts";
import { canonical, sites } from "../../indicators/given.ts";
import { lists, listsAbsent, real } from "../real-data.ts";

const listOf = (list: unknown[], type = "string"): Warninglist => {
  const read = readWarninglist(JSON.stringify({ name: "Everyone's", type, list }), sites);
  if (!read.ok) throw new Error(read.error);
  return read.value;
};
const found = (members: Record<string, unknown>, ...warninglists: Warninglist[]): Listed[] =>
  onLists([canonical(members)], warninglists);

test("an exact value is on the list, whoever wrote it how", () => {
  const list = listOf([
    "Bit.LY",
    "8.8.8.8",
    "D41D8CD98F00B204E9800998ECF8427E",
    "abuse@quay.example",
    "198.51.100.0/24",
  ]);
  expect(found({ type: "domain", value: "bit.ly" }, list)).toEqual([
    { type: "domain", value: "bit.ly", list: "Everyone's" },
  ]);
  expect(found({ type: "url", value: "http://bit.ly" }, list)).toHaveLength(1);
  expect(found({ type: "ip", value: "8.8.8.8" }, list)).toHaveLength(1);
  expect(found({ type: "ip", value: "198.51.100.7/24" }, list)).toHaveLength(1);
  expect(found({ type: "hash", algorithm: "md5", value: "d41d8cd98f00b204e9800998ecf8427e" }, list)).toHaveLength(1);
  expect(found({ type: "email", value: "abuse@quay.example" }, list, list)).toHaveLength(2);
});

test("what lies below a listed host, in a listed range or beside a listed address is somebody's", () => {
  const list = listOf(["bit.ly", "198.51.100.0/24", ".google.ad", "quay.example"], "substring");
  expect(found({ type: "domain", value: "a.bit.ly" }, list)).toEqual([]);
  expect(found({ type: "url", value: "https://bit.ly/a" }, list)).toEqual([]);
  expect(found({ type: "ip", value: "198.51.100.7" }, list)).toEqual([]);
  expect(found({ type: "domain", value: "google.ad" }, list)).toEqual([]);
  expect(found({ type: "email", value: "ada@quay.example" }, list)).toEqual([]);
});

test("what is no single value of a type of ours is counted, patterns and other files are refused with a reason", () => {
  expect(listOf(["10.0.0.0/8", ".google.ad", "a".repeat(128), 3, null])).toMatchObject({ left_out: 5 });
  const refused = (text: string) => {
    const read = readWarninglist(text, sites);
    return read.ok ? undefined : read.error;
  };
  expect(refused('{"name": "A", "type": "regex", "list": ["/a/"]}')).toContain("regular expressions");
  expect(refused('{"Event": {}}')).toContain("no list");
  expect(refused("[")).toContain("JSON");
});

test.skipIf(listsAbsent)(real("the published lists are read, and hold what they are named for"), () => {
  const read = lists.map((file) => [file.name, readWarninglist("text" in file ? file.text : "", sites)] as const);
  const refused = read.flatMap(([name, one]) => (one.ok ? [] : [name]));
  expect(refused).toEqual(["common-contact-emails.json"]);
  const byName = new Map(read.flatMap(([name, one]) => (one.ok ? [[name, one.value] as const] : [])));
  expect(byName.get("url-shortener.json")!.values).toContain("domain bit.ly");
  expect(byName.get("cloudflare-top1k.json")!.values.size).toBeGreaterThan(900);
  expect(byName.get("public-dns-v6.json")!.values).toContain("ip 2001:148f:fffe::1/128");
  expect(byName.get("empty-hashes.json")!.values).toContain("md5 d41d8cd98f00b204e9800998ecf8427e");
  // Private addresses name nobody, so no tip holds them.
  expect(byName.get("rfc1918.json")).toMatchObject({ left_out: 3 });
});
