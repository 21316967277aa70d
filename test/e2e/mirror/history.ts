/** An exchange of its own, and what happens there: tips of all kinds of indicators, revised, rescoped, taken back and ending. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { type Runtime, startRuntime } from "../../../scripts/runtime.ts";
import { seed } from "../../../scripts/seed.ts";
import { type Connection, connect } from "../../../src/client/connect.ts";
import { ownTip, rescope, signRescope, signWithdrawal, withdraw } from "../../../src/client/own-tip.ts";
import type { Profile } from "../../../src/client/profile.ts";
import type { ConnectOptions } from "../../../src/client/send.ts";
import { type Scope, signTip, submit } from "../../../src/client/tips.ts";
import type { Indicator } from "../../../src/core/indicators/family.ts";
import { canonicalise, indicatorSchema } from "../../../src/core/indicators/registry.ts";
import { anything, sites } from "../../unit/indicators/given.ts";
import { freePort } from "../world.ts";

export interface World {
  folder: string;
  home: string;
  exchange: Runtime;
  as(partner: string, options?: ConnectOptions): Promise<Connection>;
  stop(): Promise<void>;
}

export async function startWorld(name: string): Promise<World> {
  const folder = mkdtempSync(path.join(tmpdir(), `tipoff-${name}-`));
  const home = path.join(folder, "state/home");
  const exchange = await startRuntime({ state: path.join(folder, "state"), port: await freePort(), rate: 1_000_000 });
  await seed(exchange.url, exchange.identity, home);
  return {
    folder,
    home,
    exchange,
    as: (partner, options) =>
      connect(JSON.parse(readFileSync(path.join(home, `profiles/${partner}.json`), "utf8")) as Profile, options),
    stop: async () => {
      await exchange.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const operation = { id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11", name: "Harbour Lantern" };
const contact = { team: "Threat intelligence", email: "ti@chirper.example" };

/** Numbers below a bound that follow from a seed alone. */
export function chances(start: number): (most: number) => number {
  let state = start;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * most);
  };
}

/** Indicators of all types that a tip takes, some of them twice over, as they are written. */
export function indicatorsOf(start: number, count: number): Indicator[] {
  const below = chances(start);
  const taken = fc.sample(anything, { seed: start, numRuns: count * 3 }).flatMap((members) => {
    const written = JSON.parse(JSON.stringify(members)) as Indicator;
    const shaped = indicatorSchema.safeParse(written);
    return shaped.success && canonicalise(shaped.data, sites).ok ? [written] : [];
  });
  const controls = ["operated", "operated", "compromised", "abused-service", undefined] as const;
  return [...common, ...taken.slice(0, count)].map((one) => {
    const control = controls[below(controls.length)];
    return { ...one, ...(control && { control }), ...(below(3) === 0 && { confidence: below(101) }) };
  });
}

const common = [
  { type: "domain", value: "harbour-news.example" },
  { type: "domain", value: "news.harbour-news.example" },
  { type: "url", value: "https://www.harbour-news.example/about" },
  { type: "url", value: "http://203.0.113.9/payload" },
  { type: "ip", value: "203.0.113.0/24", service: "vpn" },
  { type: "ip", value: "203.0.113.9" },
  { type: "ip", value: "2001:db8:77::/48" },
  { type: "ip", value: "8.8.8.8" },
  { type: "account", platform: "x", id: "77", handle: "harbour_voice", former_handles: ["lantern"] },
  { type: "account", platform: "x", handle: "lantern" },
  { type: "account", platform: "*", handle: "harbour_voice" },
  { type: "post", platform: "x", id: "123456", author: "harbour_voice" },
  { type: "hash", algorithm: "pdq", value: "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22" },
  { type: "hash", algorithm: "pdq", value: "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b2d" },
  { type: "hash", algorithm: "md5", value: "d41d8cd98f00b204e9800998ecf8427e" },
] as Indicator[];

/** Questions about them, typed and as text, and about what is near them. */
export function questionsAbout(indicators: readonly Indicator[]): (string | (Indicator & { type: string }))[] {
  const texts = indicators.flatMap(({ value, url }) =>
    [value, url].filter((one) => typeof one === "string" && one !== "").map((one) => String(one).slice(0, 2_000)),
  );
  return [
    ...indicators.map(({ control: _control, confidence: _confidence, ...one }) => one as Indicator),
    ...texts,
    ...[
      "a.b.harbour-news.example",
      "https://news.harbour-news.example/x",
      "203.0.113.77",
      "2001:db8:77::1",
      "harbour 7",
    ],
    ...["https://203.0.113.9/other", "@lantern", "x:@harbour_voice", "https://x.com/lantern/status/123456"],
    { type: "hash", algorithm: "pdq", value: "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b20" },
  ];
}

export const soon = (ms: number): string => new Date(Date.now() + ms).toISOString();

export interface Author {
  publish(indicators: Indicator[], scope?: Scope, more?: object): Promise<string>;
  revise(tip: string, indicators: Indicator[], scope?: Scope, more?: object): Promise<unknown>;
  rescope(tip: string, scope: Scope): Promise<unknown>;
  withdraw(tip: string): Promise<unknown>;
}

const everyone: Scope = { to: ["platforms", "research"] };

export function authorOf(connection: Connection): Author {
  const content = (indicators: Indicator[], more: object) => ({
    ...{ tlp: "amber" as const, operation, contact, indicators },
    ...more,
  });
  return {
    publish: async (indicators, scope = everyone, more = {}) =>
      (await submit(connection, await signTip(connection, content(indicators, more), scope))).tip,
    revise: async (tip, indicators, scope = everyone, more = {}) =>
      submit(connection, await signTip(connection, content(indicators, more), scope, await ownTip(connection, tip))),
    rescope: async (tip, scope) =>
      rescope(connection, tip, await signRescope(connection, await ownTip(connection, tip), scope)),
    withdraw: async (tip) =>
      withdraw(connection, tip, await signWithdrawal(connection, await ownTip(connection, tip), "mistake")),
  };
}

/**
 * A life of tips by these authors, which goes on by so many deeds each time it is called. `late`: audiences change, so that
 * somebody sees late what was there before.
 */
export function lifeOf(authors: readonly Author[], start: number, late = true): (deeds: number) => Promise<void> {
  const below = chances(start);
  const own: string[][] = authors.map(() => []);
  let done = 0;
  const scopes: Scope[] = [
    everyone,
    { to: ["research"] },
    { to: ["partner:observatory"] },
    { to: ["group:election-cell"] },
    ...(late ? [{ to: ["partner:cyber-unit"] }, { to: ["platforms", "research"], except: ["observatory"] }] : []),
  ];
  const one = async () => {
    const who = below(authors.length);
    const [author, tips] = [authors[who]!, own[who]!];
    const pool = indicatorsOf(start + done++, 12);
    const some = pool.filter(() => below(2) === 0);
    const scope = scopes[below(scopes.length)]!;
    const more = {
      ...(below(4) === 0 && { handling: ["human-review"] }),
      ...(below(5) === 0 && { embargo: { until: soon(86_400_000), no: ["publication"] } }),
    };
    const at = below(Math.max(tips.length, 1));
    const kind = tips.length < 3 ? 0 : below(10);
    if (kind < 5) tips.push(await author.publish(some, scope, more));
    else if (kind < 7) await author.revise(tips[at]!, some, late ? scope : everyone, more);
    else if (kind < 9 && late) await author.rescope(tips[at]!, scope);
    else await author.withdraw(tips.splice(at, 1)[0]!);
  };
  return async (deeds) => {
    for (let deed = 0; deed < deeds; deed++) await one();
  };
}
