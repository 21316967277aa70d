/**
 * Mixed indicators, and questions about them: the same number always gives the same one. Of 25 in a row ten are accounts,
 * five domains, three URLs, two addresses or ranges, two files, and one each a picture, an e-mail address and a telephone
 * number: more accounts than anything else, as in takedown exports, and every family that has keys of its own kind.
 */
import type { Indicator } from "../../src/core/indicators/family.ts";

const order =
  "account domain account url account ip account domain account hash account domain account url account pdq account domain account email phone ip hash url domain";
const kinds = order.split(" ");
const platforms = ["x", "facebook", "instagram", "tiktok", "telegram", "chirper"];
const words =
  "harbour lantern pier signal meadow copper winter river falcon garden morning island bridge valley castle".split(" ");
const endings = ["com", "net", "org", "info"];
const networks = [5, 31, 45, 77, 91, 109, 151, 178, 185, 193, 212];

/** Numbers from 0 up to 1 that follow from `n` alone (mulberry32). */
function random(n: number): () => number {
  let state = (n + 1) * 0x9e3779b1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The n-th indicator. Two numbers give different values, except that a range may come twice. */
export function indicatorAt(n: number): Indicator {
  const next = random(n);
  const below = (most: number) => Math.floor(next() * most);
  const word = () => words[below(words.length)]!;
  const digits = (count: number) => Array.from({ length: count }, () => below(16).toString(16)).join("");
  const host = `${word()}-${word()}-${n.toString(36)}.${endings[below(4)]}`;
  const stated = {
    control: "operated",
    confidence: 60 + below(40),
    first_seen: "2026-06-01",
    last_seen: "2026-11-20",
  } as const;
  const kind = kinds[n % kinds.length]!;
  switch (kind) {
    case "account": {
      const handle = `${word()}_${word()}_${n.toString(36)}`;
      const id = String(1_000_000_000 + n);
      const profile = {
        kind: "profile",
        id,
        handle,
        display_name: `${word()} ${word()}`,
        created_at: "2026-05-30",
        followers: below(9_000),
      };
      return {
        type: "account",
        platform: platforms[below(platforms.length)]!,
        ...profile,
        role: "amplifier",
        ...stated,
      };
    }
    case "domain":
      return { type: "domain", value: host, role: "brand-site", registered_at: "2026-04-02", ...stated };
    case "url":
      return { type: "url", value: `https://${host}/${word()}/${word()}-${below(1_000)}?page=${below(50)}`, ...stated };
    case "ip":
      return { type: "ip", value: network(n, below), service: "hosting", asn: 64_500 + below(30), ...stated };
    case "email":
      return { type: "email", value: `${word()}.${n.toString(36)}@${word()}-mail.com`, ...stated };
    case "phone":
      return { type: "phone", value: `+4479${String(10_000_000 + n).slice(-8)}`, ...stated };
    default: {
      const algorithm = kind === "pdq" ? "pdq" : "sha256";
      return { type: "hash", algorithm, ...(kind === "pdq" && { of: "image" }), value: digits(64), ...stated };
    }
  }
}

/** Most are single addresses; some are ranges, some IPv6, so that several prefix lengths are in use. */
function network(n: number, below: (most: number) => number): string {
  const [high, middle, low] = [networks[below(networks.length)]!, (n >> 8) & 255, n & 255];
  const form = below(10);
  if (form < 6) return `${high}.${(n >> 16) & 255}.${middle}.${low}`;
  if (form < 8) return `${high}.${middle}.${low}.0/24`;
  return form === 8
    ? `2a01:${low.toString(16)}:${middle.toString(16)}::/48`
    : `2a02:${low.toString(16)}::${n.toString(16).slice(-4)}`;
}

/** A question that the n-th indicator answers, as partners ask: accounts, pictures and numbers typed, the rest as pasted text. */
export function questionAbout(n: number): string | Record<string, unknown> {
  const found = indicatorAt(n);
  const value = String(found.value);
  if (found.type === "account") {
    const by = n % 2 === 0 ? { id: found.id } : { handle: found.handle };
    return { type: "account", platform: found.platform, ...by };
  }
  if (found.type === "phone") return { type: "phone", value };
  if (found.type === "ip") return value.replace(/\.0\/24$/, ".77").replace(/::\/48$/, "::77");
  if (found.type !== "hash" || found.algorithm !== "pdq") return value;
  // A copy of the picture that was scaled: a few bits differ.
  const changed = ["0", "9", "f", "3"].map((digit, at) => value.slice(at * 16, at * 16 + 15) + digit).join("");
  return { type: "hash", algorithm: "pdq", value: changed };
}

/** So many questions, every second of them about one of the first `stored` indicators, the others about what nobody stored. */
export function questions(count: number, stored: number): (string | Record<string, unknown>)[] {
  const unknown = 10_000_000;
  return Array.from({ length: count }, (_, at) => {
    const spread = Math.floor((at * stored) / count / 25) * 25 + (at % 25);
    return questionAbout(at % 2 === 0 ? spread : unknown + at);
  });
}
