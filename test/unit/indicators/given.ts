/** What the tests of indicators share: canonical indicators out of their members, and matching as the exchange does it. */
import * as fc from "fast-check";
import type { Indicator, ProbeOptions, Verdict } from "../../../src/core/indicators/family.ts";
import { sitesWith } from "../../../src/core/indicators/platforms.ts";
import { canonicalise, judge, keysOf, probesOf } from "../../../src/core/indicators/registry.ts";

export const sites = sitesWith(new Map([["facepage.example", "facepage"]]));

export function canonical(members: Record<string, unknown>): Indicator {
  const parsed = canonicalise(members as Indicator, sites);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value.indicator;
}
export const refusal = (members: Record<string, unknown>): string | undefined => {
  const parsed = canonicalise(members as Indicator, sites);
  return parsed.ok ? undefined : parsed.error[0]!.pointer;
};
export const warnings = (members: Record<string, unknown>): number => {
  const parsed = canonicalise(members as Indicator, sites);
  return parsed.ok ? parsed.value.warnings.length : -1;
};

/** The verdict on a stored indicator, if a question's probes reach it. */
export function meet(
  question: Record<string, unknown>,
  stored: Record<string, unknown>,
  options: ProbeOptions = {},
): Verdict | undefined {
  const [asked, held] = [canonical(question), canonical(stored)];
  const probes = new Set(probesOf(asked, sites, options));
  return keysOf(held).some((key) => probes.has(key)) ? judge(asked, held, sites, options) : undefined;
}

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
const domain = fc
  .tuple(
    fc.array(label, { minLength: 1, maxLength: 3 }),
    fc.constantFrom("com", "co.uk", "example", "blogspot.com", "de"),
  )
  .map(([labels, suffix]) => [...labels, suffix].join("."));
const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-fA-F]{${digits}}$`));
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const platform = fc.oneof(
  fc.constantFrom("x", "Twitter", "facebook", "telegram", "reddit", "https://vk.com/", "odysee"),
  domain,
);
const url = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc
    .tuple(
      fc.constantFrom("x.com", "t.me", "facebook.com", "www.youtube.com", "reddit.com", "a.blogspot.com"),
      fc.array(fc.constantFrom("user", "@Name", "status", "r", "123", "posts", "a%20b", "..", "p"), { maxLength: 4 }),
      fc.constantFrom("", "?utm_source=a", "?v=1&fbclid=2", "#x"),
    )
    .map(([host, path, rest]) => `http://${host}/${path.join("/")}${rest}`),
);
const v6 = fc.ipV6();

/** Anything a partner might write, good or bad. */
export const anything: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  fc.record({
    type: fc.constant("account"),
    platform,
    kind: optional(fc.constantFrom("profile", "group")),
    id: optional(word),
    handle: optional(word),
    former_handles: optional(fc.array(word, { maxLength: 3 })),
    url: optional(url),
  }),
  fc.record({ type: fc.constant("account"), platform: fc.constant("*"), handle: word }),
  fc.record({
    type: fc.constant("post"),
    platform,
    id: optional(word),
    url: optional(url),
    author: optional(word),
    author_id: optional(word),
  }),
  fc.record({ type: fc.constant("url"), value: url }),
  fc.record({ type: fc.constant("domain"), value: fc.oneof(domain, fc.domain(), word) }),
  fc.record({
    type: fc.constant("ip"),
    value: fc.oneof(
      fc.ipV4(),
      v6,
      fc.tuple(fc.ipV4(), fc.nat(32)).map((each) => each.join("/")),
      fc.tuple(v6, fc.nat(128)).map((each) => each.join("/")),
    ),
  }),
  fc.record({ type: fc.constant("hash"), algorithm: fc.constantFrom("sha256", "pdq"), value: hex(64) }),
  fc.record({ type: fc.constant("hash"), algorithm: fc.constantFrom("md5", "sha1"), value: hex(32) }),
  fc.record({
    type: fc.constant("email"),
    value: optional(fc.oneof(fc.emailAddress(), word)),
    digest: optional(hex(64)),
  }),
  fc.record({ type: fc.constant("phone"), value: fc.stringMatching(/^(\+|00)[1-9][0-9 ()-]{6,16}$/) }),
  fc.record({
    type: fc.constant("app"),
    store: fc.constantFrom("google-play", "iOS", "f-droid"),
    id: fc.constantFrom("com.a.B", "id123", "9", "com.x"),
  }),
  fc.record({
    type: fc.constant("wallet"),
    chain: fc.constantFrom("BTC", "ethereum"),
    id: hex(40).map((each) => `0x${each}`),
  }),
  fc.record({
    type: fc.constantFrom("hashtag", "phrase", "name"),
    value: fc.oneof(word, fc.string({ unit: "binary", minLength: 1 })),
  }),
);

const piece = fc.constantFrom(
  ..."a b0 x-y _ - . .. / // ? & = # % %41 ~ : @ : A é xn-- xn--bcher-kva 1 127 0x7f com example utm_source fbclid www".split(
    " ",
  ),
);
const pieces = (most: number) => fc.array(piece, { minLength: 1, maxLength: most }).map((some) => some.join(""));
const host = fc
  .tuple(fc.array(fc.oneof(label, piece), { minLength: 1, maxLength: 3 }), fc.constantFrom("com", "co.uk", "de", "COM"))
  .map(([labels, suffix]) => [...labels, suffix].join("."));

/** What has its canonical form, or just not: what a short way to it must tell apart. */
export const nearlyPlain: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  fc.record({ type: fc.constant("domain"), value: host, impersonates: optional(host) }, { noNullPrototype: true }),
  fc.record({
    type: fc.constant("url"),
    value: fc
      .tuple(fc.constantFrom("https", "http", "ftp"), host, fc.option(pieces(5)), fc.option(pieces(6)))
      .map(
        ([scheme, at, path, query]) =>
          `${scheme}://${at}${path === null ? "" : `/${path}`}${query === null ? "" : `?${query}`}`,
      ),
    redirects_to: optional(host.map((at) => `http://${at}`)),
  }),
  fc.record({
    type: fc.constant("account"),
    platform: fc.constantFrom("x", "ig", "facebook", "X", "vk.com", "12", "*"),
    id: optional(pieces(3)),
    handle: optional(pieces(3)),
    former_handles: optional(fc.array(pieces(2), { maxLength: 2 })),
    author: optional(pieces(1)),
  }),
  fc.record({ type: fc.constant("hash"), algorithm: fc.constantFrom("pdq", "sha256"), value: hex(64) }),
  fc.record({
    type: fc.constant("email"),
    value: fc.tuple(pieces(3), host).map(([local, at]) => `${local}@${at}`),
    digest: optional(hex(64)),
    note: fc.constant("a"),
  }),
  fc.record({ type: fc.constant("phone"), value: fc.stringMatching(/^\+[0-9]{6,16}$/), note: fc.constant("a") }),
);
