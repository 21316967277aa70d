import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readText } from "../../../src/core/indicators/guess.ts";
import { refang } from "../../../src/core/indicators/refang.ts";
import { canonicalise, labelOf } from "../../../src/core/indicators/registry.ts";
import { sites } from "./given.ts";

test.each([
  ["hxxps://evil[.]example/a", "https://evil.example/a"],
  ["evil(.)example", "evil.example"],
  ["evil [dot] example", "evil.example"],
  ["hxxp[://]evil.example", "http://evil.example"],
  ["hxxp[:]//evil.example", "http://evil.example"],
  ["a[@]b[.]example", "a@b.example"],
  ["a [at] b.example", "a@b.example"],
  ["<https://a.example/>", "https://a.example/"],
  ["203[.]0[.]113[.]9", "203.0.113.9"],
])("%s is %s", (written, plain) => expect(refang(written)).toBe(plain));

test.each([
  ["t[.]me/Harbour", "account", "telegram:@harbour"],
  ["@Harbour", "account", "@harbour"],
  ["@name@social.example", "account", "social.example:@name"],
  ["x:harbour", "account", "x:@harbour"],
  ["x:@Harbour", "account", "x:@harbour"],
  ["x.com/name/status/1", "post", "x:https://x.com/name/status/1"],
  ["hxxp://evil[.]example/a?utm_id=1", "url", "https://evil.example/a"],
  ["evil[.]example", "domain", "evil.example"],
  ["evil.blogspot.com", "domain", "evil.blogspot.com"],
  ["203.0.113.9", "ip", "203.0.113.9"],
  ["2001:db8::/48", "ip", "2001:db8::/48"],
  ["198.51.100.0 - 198.51.100.127", "ip", "198.51.100.0/25"],
  ["::ffff:203.0.113.9", "ip", "203.0.113.9"],
  ["D41D8CD98F00B204E9800998ECF8427E", "hash", "md5:d41d8cd98f00b204e9800998ecf8427e"],
  ["a".repeat(40), "hash", `sha1:${"a".repeat(40)}`],
  ["a".repeat(64), "hash", `sha256:${"a".repeat(64)}`],
  [`pdq:${"a".repeat(64)}`, "hash", `pdq:${"a".repeat(64)}`],
  ["mailto:A@b.example", "email", "a@b.example"],
  ["+44 20 7946 0958", "phone", "+442079460958"],
  ["#Harbour", "hashtag", "#harbour"],
  ["https://play.google.com/store/apps/details?id=com.a.b&hl=de", "app", "google-play:com.a.b"],
  ["https://apps.apple.com/de/app/x/id42", "app", "app-store:42"],
])("%s is of type %s", (written, type, label) => {
  const found = readText(written, sites);
  expect([found?.type, found && labelOf(found)]).toEqual([type, label]);
});

test.each([
  "",
  "harbour",
  "two words",
  "10.0.0.1",
  "198.51.100.1-198.51.100.9",
  "localhost",
  "co.uk",
  "12345",
  "https://u:p@a.example/",
  "u:p@a.example",
  "a.notasuffix",
])("%j is nothing", (written) => {
  expect(readText(written, sites)).toBeUndefined();
});

test("a package name is no app by its looks", () => {
  expect(readText("com.harbour.net", sites)?.type).toBe("domain");
});

test("whatever is pasted never throws, and what is read is canonical", () => {
  const pieces = fc.array(
    fc.constantFrom(
      "http://",
      "hxxp",
      "[.]",
      ".",
      "@",
      "#",
      "x.com",
      "/",
      "a",
      "9",
      "::",
      "-",
      "%",
      "?",
      "example",
      " ",
      "+44",
      "é",
      "\ud800",
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        pieces.map((each) => each.join("")),
      ),
      (text) => {
        const found = readText(text, sites);
        if (!found) return;
        const again = canonicalise(found, sites);
        expect(again.ok && again.value.indicator).toEqual(found);
      },
    ),
    { numRuns: 5_000, seed: 7 },
  );
});
