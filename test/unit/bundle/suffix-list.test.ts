/** The Worker's list is read before it is asked, and once. */
import { expect, test } from "vitest";
import { icannRules, privateRules } from "../../../scripts/suffix-list.ts";
import findSuffix, { readSuffixList } from "../../../src/bundle/suffix-list.ts";

const asked = { allowIcannDomains: true, allowPrivateDomains: true };
const suffixOf = (host: string): string | null => {
  const found = { isIcann: null, isPrivate: null, publicSuffix: null };
  findSuffix(host, asked, found);
  return found.publicSuffix;
};

test("no host is judged without the list; it is read until it is there, and then no more", async () => {
  const answers = [
    new Response("", { status: 500 }),
    new Response(JSON.stringify([icannRules, privateRules])),
    new Response("", { status: 404 }),
  ];
  const assets = { fetch: async () => answers.shift()! };
  expect(() => suffixOf("a.example.co.uk")).toThrow("not read yet");
  // What src/app.ts answers "unavailable".
  await expect(readSuffixList(assets)).rejects.toThrow(/storage/);
  expect(() => suffixOf("a.example.co.uk")).toThrow("not read yet");
  await readSuffixList(assets);
  await readSuffixList(assets);
  expect(answers).toHaveLength(1);
  expect(["a.example.co.uk", "harbour.blogspot.com"].map(suffixOf)).toEqual(["co.uk", "blogspot.com"]);
});
