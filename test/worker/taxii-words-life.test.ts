/**
 * Words over a tip's life as a property: whatever is said, shared, replaced, revised, marked, taken away and given again, a TAXII
 * client that goes on from where it was ends with exactly what one reads that begins anew.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Member } from "./member.ts";
import { follow, type Given, kept, poll } from "./taxii-client.ts";
import { enrol, freshWorld } from "./world.ts";

const values = ["a", "b", "c", "d"].map((name) => ({ type: "domain", value: `${name}.example`, control: "operated" }));
const everyone = ["platforms", "law-enforcement"];

const statuses = fc.constantFrom("found", "actioned", "no_violation", "false_positive", "not_found");
const tip = fc.nat(1);
const deed = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      deed: fc.constant("say" as const),
      tip,
      by: fc.nat(1),
      whole: fc.option(statuses, { nil: undefined, freq: 2 }),
      of: fc.uniqueArray(fc.tuple(fc.nat(2), statuses), { minLength: 1, maxLength: 3, selector: ([at]) => at }),
      share: fc.nat(2),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      deed: fc.constant("revise" as const),
      tip,
      indicators: fc.shuffledSubarray(values, { minLength: 3, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ deed: fc.constant("rescope" as const), tip, isWide: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ deed: fc.constant("appeal" as const), tip }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant("withdraw" as const), tip }) },
  { weight: 3, arbitrary: fc.record({ deed: fc.constant("poll" as const), limit: fc.integer({ min: 1, max: 9 }) }) },
);
type Deed = typeof deed extends fc.Arbitrary<infer Each> ? Each : never;

interface Tip {
  id: string;
  digest: string;
  version: number;
  isGone: boolean;
}

async function run(author: Member, givers: readonly Member[], of: Tip, each: Exclude<Deed, { deed: "poll" }>) {
  if (of.isGone) return;
  if (each.deed === "say") {
    const share = { ...(each.share > 0 && { share: "sight" }), ...(each.share > 1 && { law_enforcement: true }) };
    const indicators = each.of.map(([ordinal, status]) => ({ ordinals: [ordinal], status, note: `On ${ordinal}.` }));
    const said = { ...(each.whole && { status: each.whole }), indicators, ...share };
    // Whoever does not see it at that moment has nothing to say.
    expect([201, 404]).toContain((await givers[each.by]!.say(of, said)).status);
  } else if (each.deed === "revise") {
    const { answer } = await author.revise(of.id, everyone, { indicators: each.indicators });
    expect(answer.status).toBe(201);
    Object.assign(of, { digest: answer.body.digest, version: of.version + 1 });
  } else if (each.deed === "rescope") {
    await author.rescope(of.id, each.isWide ? everyone : ["partner:facepage"]);
  } else if (each.deed === "appeal") {
    await givers[0]!.call("POST", `/v1/tips/${of.id}/appeals`, { indicators: [0], version: of.version });
  } else {
    await author.withdraw(of.id);
    of.isGone = true;
  }
}

const isWord = ({ type }: Given): boolean => type === "sighting" || type === "opinion";
const living = (objects: Iterable<Given>): Given[] =>
  [...objects].filter((object) => isWord(object) && !object.revoked).sort((one, other) => (one.id < other.id ? -1 : 1));

test("who goes on ends with what there is, and what is revoked for one is not there for the other", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 4, maxLength: 14 }), async (history) => {
      await freshWorld();
      const author = await enrol("chirper", "platform");
      const facepage = await enrol("facepage", "platform");
      const agency = await enrol("cyber-unit", "law_enforcement");
      const clients = [author, await enrol("videotube", "platform"), agency].map((member) => ({
        member,
        held: new Map<string, Given>(),
        after: undefined as string | undefined,
      }));
      const tips: Tip[] = [];
      for (let at = 0; at < 2; at++) {
        const { id, answer } = await author.submit(everyone, { indicators: values.slice(0, 3) });
        tips.push({ id, digest: answer.body.digest, version: 1, isGone: false });
      }
      const goOn = async (limit: number) => {
        for (const client of clients) {
          const { objects, last } = await poll(client.member, { limit, ...(client.after && { after: client.after }) });
          client.held = kept(objects, client.held);
          client.after = last;
        }
      };
      for (const each of history) {
        if (each.deed === "poll") await goOn(each.limit);
        else await run(author, [facepage, agency], tips[each.tip]!, each);
      }
      await goOn(5);
      for (const { member, held } of clients) {
        const anew = await follow(member, undefined, "limit=1000");
        const ids = anew.filter(isWord).map(({ id }) => id);
        expect(ids, `${member.slug}, each once`).toEqual([...new Set(ids)]);
        expect(living(held.values()), member.slug).toEqual(living(kept(anew).values()));
      }
    }),
    { numRuns: 8, seed: 20261126, endOnFailure: true },
  );
}, 120_000);
