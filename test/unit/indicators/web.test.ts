import { expect, test } from "vitest";
import { isCommon } from "../../../src/core/indicators/common.ts";
import { canonical, meet, refusal, warnings } from "./given.ts";

const domain = (value: string, control?: string) => ({ type: "domain", value, ...(control && { control }) });
const url = (value: string, rest: object = {}) => ({ type: "url", value, ...rest });

test.each([
  ["Harbour-News.EXAMPLE.", "harbour-news.example"],
  ["bücher.example", "xn--bcher-kva.example"],
  ["_dmarc.a.co.uk", "_dmarc.a.co.uk"],
  ["blogspot.com", "blogspot.com"],
])("the domain %s is %s", (written, value) => expect(canonical(domain(written)).value).toBe(value));

test.each([
  "127.0.0.1",
  "[::1]",
  "0x7f.1",
  "localhost",
  "co.uk",
  "com",
  "a.notasuffix",
  "a b.com",
  "a.com/x",
  "a..com",
  "user@a.com",
  "",
  "-",
])("the domain %j is refused", (written) => expect(refusal(domain(written))).toBe("/value"));

test.each([
  ["https://a.example/??utm_source=1", "https://a.example/??utm_source=1"],
  ["HTTP://A.example:80/x/../y?utm_source=1&b=2&FBCLID=3&gclid=4&igshid=5#f", "https://a.example/y?b=2"],
  ["https://a.example.:443", "https://a.example/"],
  ["https://a.example:8443/?b=%20&a", "https://a.example:8443/?b=%20&a"],
  ["https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"],
])("the URL %s is %s", (written, value) => expect(canonical(url(written)).value).toBe(value));

test.each([
  "https://u:p@a.example/",
  "javascript:alert(1)",
  "https://localhost/",
  "https://192.168.0.1/",
  "nonsense",
  "mailto:a@b.example",
  "https://co.uk/",
])("the URL %s is refused", (written) => expect(refusal(url(written))).toBe("/value"));

test("a domain is found by an operated parent, up to the registrable domain", () => {
  expect(meet(domain("a.b.evil.example"), domain("evil.example", "operated"))).toEqual({
    how: "parent-domain",
    context: false,
  });
  expect(meet(domain("evil.example"), domain("a.evil.example", "operated"))).toBeUndefined();
  expect(meet(domain("notevil.example"), domain("evil.example", "operated"))).toBeUndefined();
});

test.each(["compromised", "co-opted", "impersonated", "abused-service", "third-party", "unknown", undefined])(
  "a domain never matches by a parent whose control is %s",
  (control) => {
    expect(meet(domain("a.site.example"), domain("site.example", control))).toBeUndefined();
    expect(meet(url("https://a.site.example/x"), domain("site.example", control))).toBeUndefined();
    expect(meet(domain("site.example"), domain("site.example", control))?.how).toBe("exact");
  },
);

test("strangers under one private suffix never match each other", () => {
  expect(meet(domain("other.blogspot.com"), domain("evil.blogspot.com", "operated"))).toBeUndefined();
  expect(meet(domain("other.blogspot.com"), domain("blogspot.com", "operated"))).toBeUndefined();
  expect(meet(url("https://other.github.io/"), domain("github.io", "operated"))).toBeUndefined();
  expect(meet(domain("www.evil.blogspot.com"), domain("evil.blogspot.com", "operated"))?.how).toBe("parent-domain");
});

test("a URL is found by itself, by its host, and by an operated parent of that", () => {
  expect(meet(url("http://a.evil.example/x?utm_id=1"), url("https://a.evil.example/x"))?.how).toBe("exact");
  expect(meet(url("https://a.evil.example/x"), domain("a.evil.example"))).toEqual({ how: "on-host", context: false });
  expect(meet(url("https://a.evil.example/x"), domain("evil.example", "operated"))?.how).toBe("parent-domain");
  expect(meet(url("https://a.evil.example/x"), url("https://a.evil.example/y"))).toBeUndefined();
  expect(meet(url("http://203.0.113.9/x"), { type: "ip", value: "203.0.113.0/24" })?.how).toBe("in-range");
});

test("a host that is merely abused, or is everyone's, is context for a URL on it", () => {
  expect(meet(url("https://files.example/x"), domain("files.example", "abused-service"))).toEqual({
    how: "on-host",
    context: true,
  });
  expect(meet(url("https://drive.google.com/x"), domain("drive.google.com"))?.context).toBe(true);
});

test("the URLs on a domain are found on request alone, and only on that host", () => {
  expect(meet(domain("a.example"), url("https://a.example/x"))).toBeUndefined();
  expect(meet(domain("a.example"), url("https://a.example/x"), { on_host: true })).toEqual({
    how: "on-host",
    context: false,
  });
  expect(meet(domain("a.example"), url("https://b.a.example/x"), { on_host: true })).toBeUndefined();
});

test("a profile's URL as type url is a warning", () => {
  expect(warnings(url("https://x.com/somebody"))).toBe(1);
  expect(warnings(url("https://news.example/x"))).toBe(0);
});

test("common values are exact ones, never by a parent", () => {
  const common = (members: Record<string, unknown>) => isCommon(canonical(members));
  expect(
    [
      domain("facebook.com"),
      domain("bit.ly"),
      { type: "ip", value: "8.8.8.8" },
      url("http://www.google.com"),
      { type: "hash", algorithm: "md5", value: "d41d8cd98f00b204e9800998ecf8427e" },
    ].map(common),
  ).toEqual([true, true, true, true, true]);
  expect(
    [
      domain("evil.facebook.com"),
      { type: "ip", value: "8.8.8.0/24" },
      url("https://bit.ly/abc"),
      domain("facebook.example"),
    ].map(common),
  ).toEqual([false, false, false, false]);
});
