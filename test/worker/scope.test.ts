/**
 * The visibility rule as a property: every reading door against a small model of who sees what, the records against who was
 * handed what, and the public report.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { addMember, removeMember } from "../../src/exchange/manage-groups.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { eventUuid } from "../../src/formats/misp/uuid.ts";
import { idOf } from "../../src/formats/stix/ids.ts";
import { observableId } from "../../src/formats/stix/uuid.ts";
import { wordId, wordTypes } from "../../src/formats/stix/word-ids.ts";
import { batch, sql } from "../../src/store/database.ts";
import { keepOnSchedule } from "../../src/taxii/keep-observables.ts";
import { http } from "./http.ts";
import { type Member, operation } from "./member.ts";
import { all, follow, type Given, get } from "./taxii-client.ts";
import { enrol, exchangeNow, freshWorld, ground, group } from "./world.ts";

const tokens = [
  "partner:alpha",
  "partner:beta",
  "partner:gamma",
  "partner:delta",
  "partner:unit-a",
  "partner:unit-b",
  "group:closed",
  "group:mixed",
  "group:mixed+law-enforcement",
  "platforms",
  "research",
  "law-enforcement",
  "law-enforcement:XA",
  "everyone",
];
const groups = ["closed", "mixed"];
type Deed =
  | { deed: "submit"; author: number; to: string[]; except: number[] }
  | { deed: "rescope"; tip: number; to: string[]; except: number[] }
  | { deed: "revise"; tip: number; to: string[] }
  | { deed: "withdraw"; tip: number }
  | { deed: "expire"; tip: number }
  | { deed: "join"; member: number; group: number }
  | { deed: "leave"; member: number; group: number }
  | { deed: "say"; member: number; tip: number; shared: number }
  | { deed: "read"; member: number; tip: number; how: "get" | "list" | "match" };

// Most recipients are groups: there the rule has most to say, and a wide token beside them hides it.
const inGroups = fc.constantFrom(...tokens.filter((name) => name.startsWith("group:")));
const to = fc.oneof(
  fc.uniqueArray(inGroups, { minLength: 1, maxLength: 2 }),
  fc.uniqueArray(fc.constantFrom(...tokens), { minLength: 1, maxLength: 3 }),
);
/** Who belongs to which group before the history begins. */
const founding = fc.array(fc.record({ deed: fc.constant("join" as const), member: fc.nat(5), group: fc.nat(1) }), {
  minLength: 3,
  maxLength: 8,
});
const except = fc.uniqueArray(fc.nat(5), { maxLength: 1 });
const deeds: fc.Arbitrary<Deed[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ deed: fc.constant("submit" as const), author: fc.nat(3), to, except }) },
    { weight: 3, arbitrary: fc.record({ deed: fc.constant("rescope" as const), tip: fc.nat(9), to, except }) },
    { weight: 2, arbitrary: fc.record({ deed: fc.constant("revise" as const), tip: fc.nat(9), to }) },
    { weight: 1, arbitrary: fc.record({ deed: fc.constant("withdraw" as const), tip: fc.nat(9) }) },
    { weight: 2, arbitrary: fc.record({ deed: fc.constant("expire" as const), tip: fc.nat(9) }) },
    { weight: 5, arbitrary: fc.record({ deed: fc.constant("join" as const), member: fc.nat(5), group: fc.nat(1) }) },
    { weight: 2, arbitrary: fc.record({ deed: fc.constant("leave" as const), member: fc.nat(5), group: fc.nat(1) }) },
    {
      weight: 3,
      arbitrary: fc.record({ deed: fc.constant("say" as const), member: fc.nat(5), tip: fc.nat(9), shared: fc.nat(2) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        deed: fc.constant("read" as const),
        member: fc.nat(5),
        tip: fc.nat(9),
        how: fc.constantFrom("get" as const, "list" as const, "match" as const),
      }),
    },
  ),
  { minLength: 6, maxLength: 18 },
);

interface ModelTip {
  id: string;
  author: string;
  to: string[];
  except: string[];
  /** Order of the current audience among all deeds, to compare memberships with. */
  scoped: number;
  gone: boolean;
  /** Its content too: not even its author reads it any more. */
  erased: boolean;
  host: string;
  version: number;
  digest: string;
  /** What was said of it, in order, and who was told. */
  words: { by: string; status: "found" | "received"; told: string[] }[];
  /** Somebody has spoken of it, which its author alone is told, for good. */
  heard: boolean;
  /** Who was handed it by reading, and who by asking. */
  read: Set<string>;
  matched: Set<string>;
}

class Model {
  tips: ModelTip[] = [];
  memberships = new Map<string, number>();
  clock = 0;

  holds(member: Member, since: number): Set<string> {
    const held = new Set([`partner:${member.slug}`]);
    const agency = member.kind === "law_enforcement";
    if (member.kind === "platform") held.add("platforms").add("everyone");
    if (member.kind === "research") held.add("research").add("everyone");
    if (agency) held.add("law-enforcement").add(`law-enforcement:${member.slug === "unit-a" ? "XA" : "XB"}`);
    for (const name of groups) {
      const began = this.memberships.get(`${member.slug}/${name}`);
      if (began === undefined || began >= since) continue;
      if (!agency) held.add(`group:${name}`);
      if (name === "mixed") held.add("group:mixed+law-enforcement");
    }
    return held;
  }

  sees(member: Member, tip: ModelTip): boolean {
    if (tip.erased) return false;
    if (tip.author === member.slug) return true;
    if (tip.gone || tip.except.includes(member.slug)) return false;
    const held = this.holds(member, tip.scoped);
    return tip.to.some((token) => held.has(token));
  }
}

let members: Member[];

async function makeWorld(): Promise<void> {
  await freshWorld();
  members = [
    await enrol("alpha", "platform"),
    await enrol("beta", "platform"),
    await enrol("gamma", "research"),
    await enrol("delta", "platform"),
    await enrol("unit-a", "law_enforcement", { country: "XA" }),
    await enrol("unit-b", "law_enforcement", { country: "XB" }),
  ];
  await group("closed", []);
  await group("mixed", [], true);
}

async function run(model: Model, deed: Deed): Promise<void> {
  model.clock++;
  if (deed.deed === "join" || deed.deed === "leave") {
    const member = members[deed.member]!;
    const name = groups[deed.group]!;
    const key = `${member.slug}/${name}`;
    if (deed.deed === "leave") {
      await removeMember(await exchangeNow(), name, member.slug);
      model.memberships.delete(key);
    } else if (!model.memberships.has(key)) {
      const added = await addMember(await exchangeNow(), name, member.slug);
      expect(added.ok).toBe(!(name === "closed" && member.kind === "law_enforcement"));
      if (added.ok) model.memberships.set(key, model.clock);
    }
    return;
  }
  if (deed.deed === "submit") {
    const author = members[deed.author]!;
    const host = `tip${model.tips.length}.example`;
    const scope = addressable(model, author, deed.to, deed.except);
    const { id, answer } = await author.submit(
      scope.to,
      { tlp: "green", indicators: [{ type: "domain", value: host }] },
      { except: scope.except },
    );
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    model.tips.push({
      id,
      author: author.slug,
      ...scope,
      scoped: model.clock,
      gone: false,
      erased: false,
      heard: false,
      host,
      version: 1,
      digest: answer.body.digest,
      words: [],
      read: new Set(),
      matched: new Set(),
    });
    return;
  }
  const tip = model.tips[deed.tip % Math.max(model.tips.length, 1)];
  if (deed.deed === "read") return tip && read(model, members[deed.member]!, tip, deed.how);
  if (!tip || tip.gone) return;
  if (deed.deed === "say") return say(model, members[deed.member]!, tip, deed.shared);
  const author = members.find((member) => member.slug === tip.author)!;
  if (deed.deed === "withdraw") {
    expect((await author.withdraw(tip.id)).status).toBe(200);
    tip.gone = true;
  } else if (deed.deed === "expire") {
    const at = new Date(Date.now() - 60_000).toISOString();
    await batch(ground(), [sql`UPDATE tip SET expires_at = ${at} WHERE tip = ${tip.id}`]);
    // The scheduled job at the history's end erases it.
    tip.gone = tip.erased = true;
  } else {
    const scope = addressable(model, author, deed.to, deed.deed === "rescope" ? deed.except : []);
    const answer =
      deed.deed === "rescope"
        ? await author.rescope(tip.id, scope.to, { except: scope.except })
        : (await author.revise(tip.id, scope.to, { tlp: "green", indicators: [{ type: "domain", value: tip.host }] }))
            .answer;
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    Object.assign(tip, scope, { scoped: model.clock });
    if (deed.deed === "revise") Object.assign(tip, { version: tip.version + 1, digest: answer.body.digest });
  }
}

/** For the author alone; for those with sight at that moment, agencies or not. */
async function say(model: Model, member: Member, tip: ModelTip, shared: number): Promise<void> {
  if (member.slug === tip.author || !model.sees(member, tip)) return;
  const share = { ...(shared > 0 && { share: "sight" }), ...(shared > 1 && { law_enforcement: true }) };
  const said = { status: "found", indicators: [{ ordinals: [0], status: "no_violation" }], ...share };
  expect((await member.say(tip, said)).status).toBe(201);
  const isTold = (other: Member) =>
    other.slug === tip.author ||
    (shared > 0 && model.sees(other, tip) && (shared > 1 || other.kind !== "law_enforcement"));
  const told = members.filter((other) => other !== member && isTold(other)).map(({ slug }) => slug);
  tip.words.push({ by: member.slug, status: "found", told });
  tip.heard = true;
}

/** What was said, as each was told it, while it sees the tip; what it is told no more is revoked, and others' words are not there. */
async function expectWords(model: Model, member: Member, objects: readonly Given[]): Promise<void> {
  const expected = new Map<string, boolean>();
  for (const tip of model.tips)
    for (const { by, status } of tip.words.filter((word) => word.told.includes(member.slug))) {
      const lives = model.sees(member, tip) && !tip.gone;
      for (const type of wordTypes) expected.set(wordId(type, tip.id, by, -1), lives && status === "found");
      // No version changes the indicator, of which nothing is said besides.
      if (status === "found") expected.set(wordId("opinion", tip.id, by, 0), lives);
    }
  const alive = [...expected].filter(([, lives]) => lives).map(([id]) => id);
  const isWord = ({ type }: Given) => wordTypes.some((each) => each === type);
  const shown = objects.filter(isWord);
  expect(shown.flatMap(({ id, revoked }) => (revoked ? [] : [id])).sort(), member.slug).toEqual(alive.toSorted());
  for (const { id } of shown) expect([...expected.keys()], member.slug).toContain(id);
  const asked = model.tips.flatMap((tip) => tip.words.map(({ by }) => wordId("opinion", tip.id, by, -1))).slice(-100);
  if (asked.length === 0) return;
  const byId = (await get(member, `${all}objects/?match[id]=${[...new Set(asked)]}`)).body.objects ?? [];
  expect(byId.flatMap(({ id, revoked }: Given) => (revoked ? [] : [id])).sort(), member.slug).toEqual(
    alive.filter((id) => asked.includes(id)).sort(),
  );
}

/** What it is handed, another's, is recorded: one tip, or all it sees by the list. */
async function read(model: Model, member: Member, tip: ModelTip, how: "get" | "list" | "match"): Promise<void> {
  if (how === "get") {
    const { body } = await member.call("GET", `/v1/tips/${tip.id}`);
    if (body.document && tip.author !== member.slug) {
      const said = await member.say({ id: tip.id, ...body }, { status: "received" });
      expect(said.status, JSON.stringify(said.body)).toBe(201);
      tip.words.push({ by: member.slug, status: "received", told: [tip.author] });
      tip.heard = true;
    }
  }
  if (how === "list") await member.call("GET", "/v1/tips?limit=200");
  if (how === "match") await member.call("POST", "/v1/match", { questions: [tip.host] });
  for (const other of how === "list" ? model.tips : [tip]) {
    if (other.author === member.slug || !model.sees(member, other)) continue;
    (how === "match" ? other.matched : other.read).add(member.slug);
  }
}

/** The records, before anything further is read: its readers to a tip's author alone, their own to those who were handed it. */
async function expectRecords(model: Model): Promise<void> {
  for (const member of members) {
    const own = (await member.call("GET", "/v1/accesses?limit=500")).body.accesses;
    const was = model.tips.filter((tip) => tip.read.has(member.slug) || tip.matched.has(member.slug));
    expect([...new Set(own.map((row: { tip: string }) => row.tip))].sort(), `${member.slug}'s own`).toEqual(
      was.map((tip) => tip.id).sort(),
    );
    expect(own.every((row: { partner: string }) => row.partner === member.slug)).toBe(true);
    for (const tip of model.tips) {
      const { status, body } = await member.call("GET", `/v1/tips/${tip.id}/accesses`);
      if (tip.author !== member.slug) expect(status).toBe(404);
      else expect(body.accesses.map((row: { partner: string }) => row.partner).sort()).toEqual([...tip.read].sort());
    }
  }
}

/** So small a history shows none of its tips, members and cases to the public. */
async function expectNobodyMadeOut(model: Model): Promise<void> {
  await runSchedule(await exchangeNow(Date.now() + 40 * 86_400_000));
  const { months } = (await http("GET", "/v1/transparency")).body;
  expect(months).toHaveLength(1);
  expect(months[0].law_enforcement_reads).toEqual({ apart: [], other: null });
  const text = JSON.stringify(months) + (await http("GET", "/transparency")).body;
  for (const name of [...members.map(({ slug }) => slug), ...model.tips.map(({ id }) => id), "XA-2026", "Harbour"])
    expect(text).not.toContain(name);
}

/** What the author may address at this moment. */
function addressable(model: Model, author: Member, to: string[], except: number[]) {
  const allowed = to.filter((token) => {
    const name = /^group:([a-z]+)/.exec(token)?.[1];
    return !name || model.memberships.has(`${author.slug}/${name}`);
  });
  return {
    to: allowed,
    except: except.map((index) => members[index]!.slug).filter((slug) => !allowed.includes(`partner:${slug}`)),
  };
}

async function seenAt(member: Member, model: Model): Promise<Record<string, string[]>> {
  const questions = { questions: model.tips.map((tip) => tip.host) };
  const [list, flat, matched, feed] = await Promise.all([
    member.call("GET", "/v1/tips?limit=200"),
    member.call("GET", "/v1/indicators?limit=1000"),
    member.call("POST", "/v1/match", questions),
    member.feed(3),
  ]);
  const gathered = await member.call("GET", `/v1/operations/${operation}?limit=200`);
  const asked = { difference: [], feedback: [], disputes: [] } as Record<string, string[]>;
  for (const [door, tips] of Object.entries(asked))
    for (const { id } of model.tips)
      if ((await member.call("GET", `/v1/tips/${id}/${door}`)).status === 200) tips.push(id);
  const single: string[] = [];
  for (const tip of model.tips) if ((await member.call("GET", `/v1/tips/${tip.id}`)).body.document) single.push(tip.id);
  const manifest = Object.entries((await member.call("GET", "/misp/manifest.json")).body);
  const events: string[] = [];
  for (const tip of model.tips) {
    const { Event } = (await member.call("GET", `/misp/${eventUuid(tip.id)}.json`)).body;
    if (Event?.Attribute.some((attribute: { value: string }) => attribute.value === tip.host)) events.push(tip.id);
  }
  const hashes = (await member.call("GET", "/misp/hashes.csv")).body as string;
  const file = (await member.call("GET", "/v1/export?format=csv")).body as string;
  const taxii = await seenByTaxii(member, model, feed);
  const withDocuments = (await member.call("GET", "/v1/feed?limit=1000&documents=true")).body.events;
  return {
    get: single,
    list: list.body.tips.map((item: { tip: string }) => item.tip),
    indicators: flat.body.indicators.map((row: { tip: string }) => row.tip),
    match: matched.body.answers.flatMap((answer: { hits: { tip: string }[] }) => answer.hits.map((hit) => hit.tip)),
    feed: feed.filter((event) => event.through).map((event) => event.tip),
    documents: withDocuments
      .filter((event: { envelope?: unknown }) => event.envelope)
      .map((event: { tip: string }) => event.tip),
    misp_manifest: model.tips
      .filter(({ id }) => manifest.some(([uuid, entry]) => uuid === eventUuid(id) && isLiving(entry)))
      .map((tip) => tip.id),
    misp_event: events,
    misp_hashes: model.tips.filter((tip) => hashes.includes(eventUuid(tip.id))).map((tip) => tip.id),
    ...taxii,
    operation: gathered.status === 404 ? [] : gathered.body.tips.map((item: { tip: string }) => item.tip),
    difference: asked.difference!,
    // What was said of it its author may ask also once its content is erased.
    feedback: asked.feedback!.filter((id) => !model.tips.some((tip) => tip.id === id && tip.erased)),
    disputes: asked.disputes!,
    heard: (await member.call("GET", "/v1/feedback")).body.tips.map(({ tip }: { tip: string }) => tip),
    export: model.tips.filter((tip) => file.includes(tip.id)).map((tip) => tip.id),
  };
}

/** By what is alive: a tip's own observable, whose value no other has. What is revoked is of tips that the reader had. */
async function seenByTaxii(member: Member, model: Model, feed: { at: string }[]): Promise<Record<string, string[]>> {
  const observables = model.tips.map(({ host }) => observableId("domain-name", { value: host }));
  const named = (objects: readonly Given[] = []) =>
    model.tips.filter((_, at) => objects.some(({ id }) => id === observables[at])).map(({ id }) => id);
  // By turns: the one level of TLP that there is, which holds all; and what came through the groups.
  const isWhole = model.clock % 2 === 1;
  const parts = isWhole ? ["tlp-green"] : groups.map((name) => `group-${name}`);
  const objects = await follow(member, `${all}objects/`, "limit=1000");
  const inParts: Given[] = [];
  for (const alias of parts) {
    const { status, body } = await get(member, `/taxii2/tips/collections/${alias}/objects/?limit=1000`);
    expect(status).toBe(isWhole || model.memberships.has(`${member.slug}/${alias.slice(6)}`) ? 200 : 404);
    inParts.push(...(body.objects?.filter(({ id }: Given) => id) ?? []));
  }
  await expectWords(model, member, objects);
  const manifest = (await get(member, `${all}manifest/?limit=1000`)).body.objects ?? [];
  const asked = [...observables, ...model.tips.map(({ id }) => idOf("indicator", id, 0))];
  const byId = asked.length === 0 ? {} : (await get(member, `${all}objects/?match[id]=${asked}`)).body;
  // Nothing is dated but by what the reader was told of.
  // A tip's last object has the millisecond after its event, and no microseconds.
  const times = new Set(feed.map(({ at }) => at.slice(0, 23)));
  const before = (date: string) => new Date(Date.parse(date) - 1).toISOString().slice(0, 23);
  for (const { date_added } of manifest)
    expect(times).toContain(date_added.endsWith("000Z") ? before(date_added) : date_added.slice(0, 23));
  for (const { revoked, id } of [...objects, ...(byId.objects ?? [])].filter(({ type }) => type === "indicator")) {
    const tip = model.tips.find((each) => idOf("indicator", each.id, 0) === id)!;
    expect(revoked === true, id).toBe(tip.gone || !model.sees(member, tip));
    // To those alone who were handed it before.
    if (revoked) expect([tip.author, ...tip.read]).toContain(member.slug);
  }
  const found = {
    taxii: named(objects),
    "taxii's manifest": named(manifest),
    "taxii by id": named(byId.objects),
    ...(isWhole && { "taxii's parts": named(inParts) }),
  };
  if (!isWhole) for (const tip of named(inParts)) expect(found.taxii).toContain(tip);
  return found;
}

/** What ended is for its author's eyes, and nothing to act on: files and others' tools do not carry it. */
const livingOnly = [
  "export",
  "misp_manifest",
  "misp_event",
  "misp_hashes",
  "taxii",
  "taxii's manifest",
  "taxii's parts",
  "taxii by id",
];
/** That something ended is told to who had it. */
const isLiving = (entry: unknown): boolean => (entry as { Tag: unknown[] }).Tag.length > 0;

test("every reading door shows each partner exactly the tips the model says, and each record whom it concerns", async () => {
  await fc.assert(
    fc
      .asyncProperty(founding, deeds, async (before, history) => {
        const model = new Model();
        for (const deed of [...before, ...history]) await run(model, deed);
        await runSchedule(await exchangeNow());
        await keepOnSchedule(await exchangeNow());
        await expectRecords(model);
        for (const member of members) {
          const visible = model.tips.filter((tip) => model.sees(member, tip));
          for (const [door, tips] of Object.entries(await seenAt(member, model))) {
            const seen = [...new Set(tips)].sort();
            const there =
              door === "heard" ? model.tips.filter(({ author, heard }) => heard && author === member.slug) : visible;
            const expected = there
              .filter((tip) => !(tip.gone && livingOnly.includes(door)))
              .map((tip) => tip.id)
              .sort();
            expect(seen, `${member.slug} at ${door}`).toEqual(expected);
          }
        }
        await expectNobodyMadeOut(model);
      })
      .beforeEach(makeWorld),
    { numRuns: 12, seed: 20261124, endOnFailure: true },
  );
}, 300_000);
