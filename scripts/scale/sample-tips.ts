/** Tips as the measurement sends them: the mix of docs/scale/inputs.json, values and members as long as in real reports. */
import { randomBytes, randomInt } from "node:crypto";

const pick = <Item>(items: readonly Item[]): Item => items[randomInt(items.length)]!;
const hex = (bytes: number): string => randomBytes(bytes).toString("hex");
const word = (): string =>
  pick(["harbour", "lantern", "quay", "pier", "ferry", "tide", "buoy", "mast", "anchor", "dock"]);
const name = (): string => `${word()}-${word()}-${hex(3)}`;
const day = (): string => new Date(Date.now() - randomInt(400) * 86_400_000).toISOString().slice(0, 10);
const digits = (length: number): string =>
  Array.from({ length }, () => randomInt(10))
    .join("")
    .replace(/^0/, "1");
const platforms = ["x", "facebook", "instagram", "tiktok", "youtube", "telegram", "chirper", "facepage"];

const makers: Record<string, () => Record<string, unknown>> = {
  account: () => ({
    type: "account",
    platform: pick(platforms),
    kind: "profile",
    id: digits(17),
    handle: `${word()}_${word()}_${hex(2)}`,
    display_name: `${word()} ${word()}`,
    created_at: day(),
    followers: randomInt(5_000),
    status: "suspended",
    role: "amplifier",
  }),
  post: () => ({ type: "post", platform: "x", id: digits(19), author: `${word()}_${hex(3)}`, first_seen: day() }),
  domain: () => ({ type: "domain", value: `${name()}.example`, role: "brand-site", registered_at: day() }),
  ip: () => ({
    type: "ip",
    value: `198.${18 + randomInt(2)}.${randomInt(256)}.${randomInt(256)}/32`,
    last_seen: day(),
  }),
  url: () => ({ type: "url", value: `https://${name()}.example/${word()}/${word()}-${digits(6)}` }),
  text: () => ({ type: "phrase", value: `${Array.from({ length: 9 }, word).join(" ")} ${hex(3)}`, lang: "en" }),
  hash: () => ({ type: "hash", algorithm: "sha256", value: hex(32) }),
  contact: () => ({ type: "email", value: `${name()}@${word()}.example` }),
  app: () => ({ type: "app", store: "google-play", id: `com.${word()}.${word()}${hex(3)}` }),
  pdq: () => ({ type: "hash", algorithm: "pdq", of: "image", value: hex(32) }),
};

/** What nearly every row carries besides its value. */
const further = (): Record<string, unknown> => ({
  control: "operated",
  confidence: 50 + randomInt(50),
  procedures: [`ook:${randomInt(9)}.${randomInt(9)}.${randomInt(9)}`],
  ...(randomInt(10) < 4 && { note: `Posed as a ${word()} of the ${word()} district, with ${word()} and ${word()}.` }),
});

/** The mix, in random order. */
export function sampleIndicators(count: number, mix: Record<string, number>): Record<string, unknown>[] {
  const kinds = Object.entries(mix).flatMap(([kind, share]) => Array<string>(Math.round(share * count)).fill(kind));
  for (let at = kinds.length - 1; at > 0; at--) {
    const other = randomInt(at + 1);
    [kinds[at], kinds[other]] = [kinds[other]!, kinds[at]!];
  }
  return kinds.slice(0, count).map((kind) => ({ ...makers[kind]!(), ...further() }));
}
