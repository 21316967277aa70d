import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { keysOf, labelOf } from "../../../src/core/indicators/registry.ts";
import { canonical, meet, refusal } from "./given.ts";

const digest = (text: string, form: "hex" | "base64url" = "base64url") =>
  createHash("sha256").update(text).digest(form);

test("an e-mail address is lower case with an A-label domain, under its digest", () => {
  const email = canonical({ type: "email", value: " Ana.B@Bücher.EXAMPLE " });
  expect(email.value).toBe("ana.b@xn--bcher-kva.example");
  expect(keysOf(email)).toEqual([`e:${digest("ana.b@xn--bcher-kva.example")}`]);
});

test.each(["a@localhost", "@a.example", "a b@c.example", "a@", "a"])("the e-mail address %s is refused", (value) => {
  expect(refusal({ type: "email", value })).toBe("/value");
});

test("a telephone number states its country", () => {
  expect(canonical({ type: "phone", value: "0044 (20) 7946-0958" }).value).toBe("+442079460958");
  expect(refusal({ type: "phone", value: "020 7946 0958" })).toBe("/value");
  expect(refusal({ type: "phone", value: "+44" })).toBe("/value");
});

test.each([
  ["email", "a@b.example", "A@B.example"],
  ["phone", "+442079460958", "+44 20 7946 0958"],
  ["hashtag", "harbour", "#Harbour"],
  ["phrase", "save the harbour", " Save  the\nHARBOUR"],
  ["name", "harbour voice", "Harbour Voice"],
])("a digest alone of type %s is met by the value", (type, folded, value) => {
  expect(meet({ type, value }, { type, digest: digest(folded, "hex") })?.how).toBe("exact");
  expect(meet({ type, digest: digest(folded) }, { type, value })?.how).toBe("exact");
  expect(meet({ type, digest: digest("other") }, { type, value })).toBeUndefined();
});

test("a digest that is not the value's is refused, and so is neither", () => {
  expect(refusal({ type: "email", value: "a@b.example", digest: digest("c@d.example") })).toBe("/digest");
  expect(refusal({ type: "email", digest: "z".repeat(50) })).toBe("/digest");
  expect(refusal({ type: "phrase" })).toBe("");
  expect(refusal({ type: "hashtag", value: "##" })).toBe("/value");
});

test("text of one type does not meet that of another", () => {
  expect(meet({ type: "phrase", value: "harbour" }, { type: "name", value: "harbour" })).toBeUndefined();
});

test("app stores and chains have one name each", () => {
  expect(canonical({ type: "app", store: "iOS", id: "id12345" })).toMatchObject({ store: "app-store", id: "12345" });
  expect(refusal({ type: "app", store: "google-play", id: "12345" })).toBe("/id");
  expect(
    meet(
      { type: "wallet", chain: "ETH", id: `0x${"Ab".repeat(20)}` },
      { type: "wallet", chain: "ethereum", id: `0x${"aB".repeat(20)}` },
    )?.how,
  ).toBe("exact");
  expect(
    meet({ type: "wallet", chain: "bitcoin", id: "1AbC" }, { type: "wallet", chain: "bitcoin", id: "1abc" }),
  ).toBeUndefined();
  expect(labelOf(canonical({ type: "wallet", chain: "btc", id: "1AbC" }))).toBe("bitcoin:1AbC");
});
