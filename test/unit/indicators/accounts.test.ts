import { describe, expect, test } from "vitest";
import { readProfileUrl } from "../../../src/core/indicators/platforms.ts";
import { keysOf } from "../../../src/core/indicators/registry.ts";
import { canonical, meet, refusal, sites, warnings } from "./given.ts";

const on = (platform: string, members: object) => ({ type: "account", platform, ...members });

test.each([
  ["https://twitter.com/Harbour_Voice", { platform: "x", kind: "profile", handle: "harbour_voice" }],
  ["https://www.facebook.com/profile.php?id=1000", { platform: "facebook", id: "1000" }],
  ["https://m.facebook.com/groups/4242/", { platform: "facebook", kind: "group", id: "4242" }],
  ["https://t.me/s/chan", { platform: "telegram", handle: "chan" }],
  ["https://t.me/+AbC_d", { platform: "telegram", kind: "group", id: "AbC_d" }],
  ["https://www.youtube.com/channel/UCxY/videos", { platform: "youtube", kind: "channel", id: "UCxY" }],
  ["https://youtube.com/@Name", { platform: "youtube", handle: "name" }],
  ["https://old.reddit.com/u/Name", { platform: "reddit", kind: "profile", handle: "name" }],
  ["https://reddit.com/r/News", { platform: "reddit", kind: "community", handle: "news" }],
  ["https://vk.com/club12", { platform: "vk", kind: "group", id: "12" }],
  ["https://de.linkedin.com/company/Foo/", { platform: "linkedin", kind: "page", handle: "foo" }],
  ["https://Evil.blogspot.com/", { platform: "blogspot", kind: "blog", handle: "evil" }],
  ["https://facepage.example/@Name", { platform: "facepage", handle: "name" }],
  ["https://social.site.example/users/Name", { platform: "site.example", handle: "name" }],
])("%s is an account", (url, members) => {
  expect(readProfileUrl(url, sites)).toMatchObject({ type: "account", ...members });
});

test.each([
  ["https://x.com/Name/status/12?s=20", { platform: "x", id: "12", author: "name" }],
  ["https://x.com/i/web/status/12", { platform: "x", id: "12" }],
  ["https://youtu.be/aB1", { platform: "youtube", id: "aB1" }],
  ["https://www.youtube.com/watch?v=aB1&t=3", { platform: "youtube", id: "aB1" }],
  ["https://www.tiktok.com/@n/video/7", { platform: "tiktok", id: "7", author: "n" }],
  ["https://t.me/chan/12", { platform: "telegram", id: "chan/12", author: "chan" }],
  ["https://vk.com/wall-1_2", { platform: "vk", id: "-1_2" }],
  ["https://www.instagram.com/p/Ab/", { platform: "instagram", id: "Ab" }],
])("%s is a post", (url, members) => {
  expect(canonical(readProfileUrl(url, sites)!)).toMatchObject({ type: "post", ...members });
});

test.each([
  "https://x.com/home",
  "https://x.com/explore/tabs",
  "https://facebook.com/",
  "https://t.co/abc",
  "https://site.example/name",
  "https://facebook.com/sharer.php",
  "nonsense",
  "https://a.github.io/x",
])("%s names nobody", (url) => expect(readProfileUrl(url, sites)).toBeUndefined());

describe("matching", () => {
  test("an account is found by id, and by handle whatever its case and @", () => {
    expect(meet(on("x", { id: "1" }), on("twitter", { id: "1", handle: "a" }))).toEqual({
      how: "exact",
      context: false,
    });
    expect(meet(on("x", { handle: "@Harbour_Voice" }), on("x", { id: "1", handle: "harbour_voice" }))?.how).toBe(
      "exact",
    );
    expect(meet(on("x", { handle: "a" }), on("facebook", { handle: "a" }))).toBeUndefined();
  });
  test("a former handle is told apart, on either side", () => {
    expect(meet(on("x", { handle: "old" }), on("x", { handle: "new", former_handles: ["Old"] }))?.how).toBe(
      "former-handle",
    );
    expect(meet(on("x", { handle: "new", former_handles: ["Old"] }), on("x", { handle: "old" }))?.how).toBe(
      "former-handle",
    );
  });
  test("who took over a handle is not who had it: ids that differ never match", () => {
    expect(meet(on("x", { id: "1", handle: "a" }), on("x", { id: "2", handle: "a" }))).toBeUndefined();
    expect(
      meet(on("x", { id: "1", handle: "a" }), on("x", { id: "2", handle: "b", former_handles: ["a"] })),
    ).toBeUndefined();
    expect(meet(on("x", { id: "1", handle: "a" }), on("x", { handle: "a" }))?.how).toBe("exact");
  });
  test("a community and a person of one name or number are two", () => {
    expect(
      meet(on("reddit", { kind: "profile", handle: "news" }), on("reddit", { kind: "community", handle: "news" })),
    ).toBeUndefined();
    expect(meet(on("vk", { kind: "profile", id: "12" }), on("vk", { kind: "group", id: "12" }))).toBeUndefined();
    expect(
      meet(on("telegram", { kind: "group", handle: "news" }), on("telegram", { kind: "channel", handle: "news" }))?.how,
    ).toBe("exact");
    expect(meet(on("reddit", { handle: "news" }), on("reddit", { kind: "community", handle: "news" }))?.how).toBe(
      "exact",
    );
  });
  test("a handle without platform is found on every platform", () => {
    expect(meet(on("*", { handle: "@A_b" }), on("facebook", { handle: "a_b" }))?.how).toBe("exact");
    expect(meet(on("*", { handle: "a" }), { type: "post", platform: "x", id: "1", author: "a" })?.how).toBe(
      "by-author",
    );
    expect(refusal(on("*", { id: "1" }))).toBe("/platform");
    expect(warnings(on("*", { handle: "a" }))).toBe(1);
  });
  test("a post is found through its author, and by its id under any URL", () => {
    const post = { type: "post", platform: "x", url: "https://twitter.com/Name/status/12" };
    expect(meet(on("x", { handle: "name" }), post)).toEqual({ how: "by-author", context: false });
    expect(meet({ type: "post", platform: "x", id: "12" }, post)?.how).toBe("exact");
    expect(meet({ type: "url", value: "https://x.com/name/status/12?s=1" }, post)?.how).toBe("exact");
    expect(meet({ type: "post", platform: "x", id: "13", author: "other" }, post)).toBeUndefined();
  });
  test("messages of two Telegram channels with one number are two posts", () => {
    const message = (author: string) => ({ type: "post", platform: "telegram", id: "12", author });
    expect(meet(message("a"), message("b"))).toBeUndefined();
    expect(meet({ type: "url", value: "https://t.me/a/12" }, message("a"))?.how).toBe("exact");
  });
  test("a profile's URL and its account find each other", () => {
    expect(meet({ type: "url", value: "https://twitter.com/a" }, on("x", { handle: "a" }))?.how).toBe("exact");
    expect(meet(on("x", { handle: "a", url: "http://x.com/a" }), { type: "url", value: "https://x.com/a" })?.how).toBe(
      "exact",
    );
    expect(meet({ type: "domain", value: "evil.blogspot.com" }, on("blogspot", { handle: "evil" }))?.how).toBe("exact");
    expect(
      meet(on("blogspot", { handle: "evil", url: "https://evil.blogspot.com/" }), {
        type: "domain",
        value: "evil.blogspot.com",
      })?.how,
    ).toBe("exact");
  });
});

test("an account that states nobody is refused", () => {
  expect(refusal(on("x", {}))).toBe("");
  expect(refusal(on("x", { handle: "@" }))).toBe("/handle");
  expect(refusal(on("x", { handle: "two words" }))).toBe("/handle");
  expect(refusal(on("", { handle: "a" }))).toBe("/platform");
  expect(canonical(on("x", { url: "https://x.com/A" }))).toMatchObject({ handle: "a" });
});

test("a long handle is stored under its digest", () => {
  expect(keysOf(canonical(on("x", { handle: "é".repeat(60) })))[0]).toMatch(/^ah#[\w-]{43}$/);
});
