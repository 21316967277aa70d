/** A private address is refused as a webhook's host in whatever notation it comes. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeWebhookUrl } from "../../src/core/webhook-url.ts";

const octet = fc.integer({ min: 0, max: 255 });
const forbidden = fc
  .oneof(
    fc.tuple(fc.constantFrom(0, 10, 127), octet, octet, octet),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
    fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
    fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
    fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
    fc.tuple(fc.constant(198), fc.constantFrom(18, 19), octet, octet),
    fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
  )
  .map((octets): number[] => [...octets]);
const anyPort = fc.constantFrom("", ":443", ":8443");
const whole = (octets: readonly number[]): number => octets.reduce((sum, each) => sum * 256 + each, 0);
const spelt = (number: number, base: number, zeros: number, upper: boolean): string => {
  const digits = number.toString(base);
  const prefix = base === 16 ? "0x" : base === 8 ? "0" : "";
  const text = `${prefix}${base === 10 ? "" : "0".repeat(zeros)}${digits}`;
  return upper ? text.toUpperCase() : text;
};
const style = fc.record({
  base: fc.constantFrom(8, 10, 16),
  zeros: fc.integer({ min: 0, max: 3 }),
  upper: fc.boolean(),
});
const refused = (host: string, port: string) => {
  const judged = [[], [8443]].map((ports) => judgeWebhookUrl(`https://${host}${port}/`, { ports, loopback: false }));
  expect(judged.map(({ ok }) => ok)).toEqual([false, false]);
};

test("a private address is refused in one to four parts, each decimal, octal or hex", () => {
  fc.assert(
    fc.property(
      forbidden,
      fc.integer({ min: 1, max: 4 }),
      fc.array(style, { minLength: 4, maxLength: 4 }),
      fc.constantFrom("", "."),
      anyPort,
      (octets, parts, styles, dot, port) => {
        const numbers = [...octets.slice(0, parts - 1), whole(octets.slice(parts - 1))];
        const host = numbers.map((each, at) => spelt(each, styles[at]!.base, styles[at]!.zeros, styles[at]!.upper));
        refused(host.join(".") + dot, port);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("a private address is refused in other scripts' digits and dots, and percent-encoded", () => {
  const digits = ["０１２３４５６７８９", "𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡", "₀₁₂₃₄₅₆₇₈₉"].map((each) => [...each]);
  const disguise = fc.record({
    script: fc.constantFrom(...digits),
    dot: fc.constantFrom(".", "。", "．", "｡"),
    encode: fc.boolean(),
  });
  fc.assert(
    fc.property(forbidden, disguise, anyPort, (octets, { script, dot, encode }, port) => {
      const host = octets.join(dot).replace(/\d/g, (digit) => script[Number(digit)]!);
      refused(encode ? encodeURIComponent(host) : host, port);
    }),
    { numRuns: 1_000 },
  );
});

test("a private address is refused inside an IPv6 address, mapped, compatible, translated or tunnelled", () => {
  const frames: ((v4: string, hex: string, inverted: string) => string)[] = [
    (v4) => `::ffff:${v4}`,
    (_, hex) => `::ffff:${hex}`,
    (_, hex) => `0:0:0:0:0:FFFF:${hex}`,
    (v4) => `::${v4}`,
    (_, hex) => `::${hex}`,
    (v4) => `::ffff:0:${v4}`,
    (v4) => `64:ff9b::${v4}`,
    (v4) => `64:ff9b:1::${v4}`,
    (_, hex) => `64:ff9b:1:${hex}::`,
    (_, hex) => `2002:${hex}::`,
    (_, hex) => `2002:${hex}:1:2:3:4:5`,
    (_h, _v, inverted) => `2001:0:1:2:3:4:${inverted}`,
    (v4) => `2a00:1450::5efe:${v4}`,
    (_, hex) => `2a00:1450:0:0:200:5efe:${hex}`,
  ];
  fc.assert(
    fc.property(forbidden, fc.constantFrom(...frames), anyPort, (octets, frame, port) => {
      const pairs = (numbers: readonly number[]) =>
        [numbers.slice(0, 2), numbers.slice(2)].map((pair) => whole(pair).toString(16)).join(":");
      refused(`[${frame(octets.join("."), pairs(octets), pairs(octets.map((each) => 255 - each)))}]`, port);
    }),
    { numRuns: 2_000 },
  );
});

test("a private address is refused in a name, with dots or hyphens, whatever the name", () => {
  const around = fc.constantFrom("", "app.", "app-", "1.", "a.9-");
  fc.assert(
    fc.property(forbidden, around, fc.constantFrom(".", "-"), anyPort, (octets, before, between, port) => {
      refused(`${before}${octets.join(between)}.wildcard-dns.com`, port);
    }),
    { numRuns: 1_000 },
  );
});

test("an address outside 2000::/3 is refused, whatever its bits", () => {
  const outside = fc
    .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 })
    .filter(([first]) => first! >> 13 !== 1)
    .map((parts) => parts.map((part) => part.toString(16)).join(":"));
  fc.assert(
    fc.property(outside, anyPort, (address, port) => refused(`[${address}]`, port)),
    { numRuns: 1_000 },
  );
});

test("nothing that is given makes it throw", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.webUrl(),
    fc.string().map((each) => `https://${each}`),
  );
  fc.assert(
    fc.property(text, fc.boolean(), (url, loopback) => {
      const judged = judgeWebhookUrl(url, { ports: [], loopback });
      expect(judged.ok ? /^https?:$/.test(judged.value.protocol) : judged.error.length > 0).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
