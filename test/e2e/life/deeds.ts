/** What happens in a tip's life: each deed done at the exchange and to the model, with whom the model says is told of it. */
import * as fc from "fast-check";
import { ownTip, rescope, signRescope, signWithdrawal, withdraw } from "../../../src/client/own-tip.ts";
import { signTip, submit, type TipContent } from "../../../src/client/tips.ts";
import { acknowledgeTip, appeal, confirm, dispute, speak } from "./answers.ts";
import {
  authors,
  hasSight,
  holds,
  type LifeTip,
  type Model,
  merged,
  type News,
  type Partner,
  partners,
  type Scope,
  sees,
  tokens,
} from "./model.ts";
import type { World } from "./world.ts";

type OfTip<Name extends string, More = unknown> = { deed: Name; tip: number } & More;
export type Deed =
  | ({ deed: "submit"; author: number; embargoed: boolean } & Scope)
  | OfTip<"revise", { to: string[]; change: "keep" | "drop" | "add" }>
  | OfTip<"rescope", Scope>
  | OfTip<"withdraw">
  | OfTip<"expire">
  | OfTip<"lift">
  | OfTip<"age">
  | OfTip<"speak", { partner: Partner; share: boolean }>
  | OfTip<"acknowledge", { partner: Partner }>
  | OfTip<"dispute", { partner: Partner }>
  | OfTip<"confirm">
  | OfTip<"appeal", { partner: Partner }>
  | OfTip<"compromise">;

const to = fc.uniqueArray(fc.constantFrom(...tokens), { minLength: 1, maxLength: 3 });
const except = fc.uniqueArray(fc.constantFrom(...partners), { maxLength: 1 });
const tip = fc.nat(9);
const partner = fc.constantFrom(...partners);
const of = <Name extends Deed["deed"], More extends object>(
  deed: Name,
  more: { [Key in keyof More]: fc.Arbitrary<More[Key]> },
) => fc.record({ deed: fc.constant(deed), ...more }) as unknown as fc.Arbitrary<Deed>;

const submission = of("submit", { author: fc.nat(2), embargoed: fc.boolean(), to, except });
/** Every history begins with a tip, so that there is something to live through. */
export const histories: fc.Arbitrary<Deed[]> = fc
  .tuple(
    submission,
    fc.array(
      fc.oneof(
        { weight: 3, arbitrary: submission },
        {
          weight: 4,
          arbitrary: of("revise", {
            tip,
            to,
            change: fc.constantFrom("keep" as const, "drop" as const, "add" as const),
          }),
        },
        { weight: 4, arbitrary: of("rescope", { tip, to, except }) },
        { weight: 2, arbitrary: of("withdraw", { tip }) },
        { weight: 2, arbitrary: of("expire", { tip }) },
        { weight: 2, arbitrary: of("lift", { tip }) },
        { weight: 1, arbitrary: of("age", { tip }) },
        { weight: 4, arbitrary: of("speak", { tip, partner, share: fc.boolean() }) },
        { weight: 3, arbitrary: of("acknowledge", { tip, partner }) },
        {
          weight: 4,
          arbitrary: of("dispute", { tip, partner: fc.constantFrom("facepage" as const, "chirper" as const) }),
        },
        { weight: 2, arbitrary: of("confirm", { tip }) },
        { weight: 2, arbitrary: of("appeal", { tip, partner }) },
        { weight: 1, arbitrary: of("compromise", { tip }) },
      ),
      { minLength: 7, maxLength: 13 },
    ),
  )
  .map(([first, rest]) => [first, ...rest]);

const nobody: News = new Map();
let made = 0;
/** On facepage, whose word on it counts by itself. */
const newHost = (): string => `life-${++made}.facepage.example`;
const past = (milliseconds = 60_000) => new Date(Date.now() - milliseconds).toISOString();

/** Does it, if the tip's state allows it, and says who is told. */
export async function run(world: World, model: Model, deed: Deed): Promise<News> {
  if (deed.deed === "submit") return submitFirst(world, model, deed);
  const found = model.tips[deed.tip % model.tips.length]!;
  const { state } = found;
  if (deed.deed === "revise") return found.withdrawn ? nobody : revise(world, model, found, deed);
  if (deed.deed === "dispute") return dispute(world, model, found, deed.partner);
  if (deed.deed === "appeal") return appeal(world, model, found, deed.partner);
  if (deed.deed === "confirm") return confirm(world, model, found);
  if (deed.deed === "speak") return speak(world, model, found, deed);
  if (deed.deed === "acknowledge") return acknowledgeTip(world, found, deed.partner);
  if (deed.deed === "compromise") return compromise(world, model, found);
  if (deed.deed === "withdraw") {
    if (state === "withdrawn" || state === "erased") return nobody;
    const { connection } = world.reader(found.author);
    sign(world, found);
    await withdraw(
      connection,
      found.id,
      await signWithdrawal(connection, await ownTip(connection, found.id), "mistake"),
    );
    found.state = "withdrawn";
    found.withdrawn = true;
    const hasOrHad = (partner: Partner) => hasSight(partner, found) || found.had.has(partner);
    return model.takeBack(found, model.news("withdrawn", found, hasOrHad));
  }
  if (deed.deed === "age") {
    if (state !== "withdrawn") return nobody;
    await world.sql("UPDATE tip SET withdrawn_at = ? WHERE tip = ?", past(8 * 86_400_000), found.id);
    await world.tick();
    return erased(found, nobody);
  }
  if (state !== "live") return nobody;
  if (deed.deed === "rescope") return rescopeTip(world, model, found, deed);
  if (deed.deed === "expire") {
    await world.sql("UPDATE tip SET expires_at = ? WHERE tip = ?", past(), found.id);
    await world.tick();
    // In the run that tells of its end.
    return erased(
      found,
      model.news("expired", found, (partner) => hasSight(partner, found)),
    );
  }
  if (!found.embargoed) return nobody;
  await world.sql("UPDATE tip SET embargo_until = ? WHERE tip = ?", past(), found.id);
  await world.tick();
  found.embargoed = false;
  return model.news("embargo_lifted", found, (partner) => sees(partner, found));
}

/** With its content goes whom it was addressed to. */
function erased(tip: LifeTip, news: News): News {
  Object.assign(tip, { state: "erased", to: [] });
  for (const marks of [tip.disputed, tip.settled, tip.appealed]) marks.clear();
  return news;
}

/** The author is about to sign something of it. */
const sign = (world: World, { author, signed }: LifeTip): void =>
  void signed.push({ at: Date.now(), kid: world.reader(author).connection.profile.kid });

/** What the author may address; where that is nobody, one partner by name. */
function addressable(author: Partner, { to, except }: Scope, embargoed: boolean): Scope {
  const may = to.filter(
    (token) => (!token.startsWith("group:") || holds[author].includes(token)) && !(embargoed && token === "everyone"),
  );
  const other = author === "facepage" ? "chirper" : "facepage";
  const named = may.length > 0 ? may : [`partner:${other}`];
  return { to: named, except: except.filter((partner) => !named.includes(`partner:${partner}`)) };
}

const content = ({ operation, hosts }: Pick<LifeTip, "operation" | "hosts">, embargoed: boolean): TipContent => ({
  tlp: "green",
  operation: { id: operation, name: "Harbour Lantern" },
  ...(embargoed && { embargo: { until: new Date(Date.now() + 3_600_000).toISOString(), no: ["publication"] } }),
  indicators: hosts.map((value) => ({ type: "domain", value, control: "operated" })),
});

async function submitFirst(world: World, model: Model, deed: Deed & { deed: "submit" }): Promise<News> {
  const author = authors[deed.author]!;
  const { connection } = world.reader(author);
  const scope = addressable(author, deed, deed.embargoed);
  const made: LifeTip = {
    id: "",
    author,
    ...scope,
    operation: crypto.randomUUID(),
    version: 1,
    state: "live",
    embargoed: deed.embargoed,
    hosts: [newHost(), newHost()],
    disputed: new Map(),
    settled: new Set(),
    appealed: new Map(),
    withdrawn: false,
    takenBack: new Map(),
    words: [],
    had: new Map(),
    signed: [],
  };
  sign(world, made);
  made.id = (await submit(connection, await signTip(connection, content(made, deed.embargoed), scope))).tip;
  model.tips.push(made);
  return model.news("published", made, (partner) => sees(partner, made));
}

async function revise(
  world: World,
  model: Model,
  found: LifeTip,
  { to, change }: Deed & { deed: "revise" },
): Promise<News> {
  const { connection } = world.reader(found.author);
  const scope = addressable(found.author, { to, except: [] }, false);
  const hosts =
    change === "keep" ? found.hosts : change === "drop" ? found.hosts.slice(1) : [...found.hosts, newHost()];
  const before = partners.filter((partner) => hasSight(partner, found));
  sign(world, found);
  const next = content({ ...found, hosts }, false);
  await submit(connection, await signTip(connection, next, scope, await ownTip(connection, found.id)));
  const gone = found.hosts.find((host) => !hosts.includes(host));
  const dropped = gone !== undefined && found.disputed.delete(gone);
  if (gone) found.appealed.delete(gone);
  Object.assign(found, scope, { hosts, state: "live", embargoed: false, version: found.version + 1 });
  const lost = (partner: Partner) => before.includes(partner) && !hasSight(partner, found);
  return merged(
    model.news("revised", found, (partner) => sees(partner, found)),
    dropped ? model.news("undisputed", found, (partner) => sees(partner, found)) : nobody,
    model.takeBack(found, model.news("recalled", found, lost, false)),
  );
}

async function rescopeTip(world: World, model: Model, found: LifeTip, deed: Deed & { deed: "rescope" }): Promise<News> {
  const { connection } = world.reader(found.author);
  const scope = addressable(found.author, deed, found.embargoed);
  const before = partners.filter((partner) => hasSight(partner, found));
  sign(world, found);
  await rescope(connection, found.id, await signRescope(connection, await ownTip(connection, found.id), scope));
  Object.assign(found, scope);
  const has = (partner: Partner) => hasSight(partner, found);
  return merged(
    model.news("rescoped", found, () => false),
    model.news("published", found, (partner) => has(partner) && !before.includes(partner), false),
    model.takeBack(
      found,
      model.news("recalled", found, (partner) => !has(partner) && before.includes(partner), false),
    ),
  );
}

/** The author's key is declared stolen since just before the tip was last signed for. */
async function compromise(world: World, model: Model, found: LifeTip): Promise<News> {
  const { author } = found;
  const { kid } = world.reader(author).connection.profile;
  const since = found.signed.at(-1)!.at;
  // What it said under the stolen key is void, and told to nobody: which of it, is another test's matter.
  for (const tip of model.tips) tip.words = tip.words.filter(({ by }) => by !== author);
  const taken = (tip: LifeTip) =>
    tip.author === author &&
    tip.state !== "suspended" &&
    tip.signed.some((deed) => deed.kid === kid && deed.at >= since);
  // A withdrawal is the last deed there is, so it is void where anything at all was signed since.
  const fallen = model.tips.filter((tip) => taken(tip) && (!tip.withdrawn || tip.signed.at(-1)!.at >= since));
  await world.compromise(author, since);
  for (const tip of fallen) {
    tip.withdrawn = false;
    if (tip.state !== "erased") tip.state = "suspended";
  }
  // What its voice carried ends with it, by the schedule.
  await world.tick();
  const freed =
    author !== "facepage" ? [] : model.tips.filter((tip) => [...tip.disputed.values()].some((at) => at >= since));
  for (const tip of freed) {
    for (const host of tip.disputed.keys()) tip.settled.add(host);
    tip.disputed.clear();
  }
  return merged(
    ...freed.map((tip) => model.news("undisputed", tip, (partner) => sees(partner, tip))),
    ...fallen.map((tip) => model.news("suspended", tip, (partner) => hasSight(partner, tip) || tip.had.has(partner))),
  );
}
