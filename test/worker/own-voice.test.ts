/** Whether a `false_positive` disputes, and if not, why: told to its giver, who learns nothing of others' voices by it. */
import { beforeEach, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { batch, sql } from "../../src/store/database.ts";
import type { Member } from "./member.ts";
import { enrol, freshWorld, ground } from "./world.ts";

interface Tip {
  id: string;
  digest: string;
}

const enrolledAt = (member: Member, days: number) => {
  const at = new Date(Date.now() - days * 86_400_000).toISOString();
  return batch(ground(), [sql`UPDATE partner SET enrolled_at = ${at} WHERE slug = ${member.slug}`]);
};
/** A partner that is enrolled for so many days. */
async function partner(slug: string, ownership?: string, days = 31, platforms: string[] = []): Promise<Member> {
  const member = await enrol(slug, "platform", { platforms, ...(ownership && { ownership }) });
  await enrolledAt(member, days);
  return member;
}

const indicators = [
  { type: "account", platform: "facepage", id: "1", control: "operated" },
  { type: "domain", value: "harbour-1.example", control: "operated" },
  { type: "domain", value: "harbour-2.example", control: "operated" },
];
let author: Member;
let one: Member;

beforeEach(async () => {
  await freshWorld();
  author = await partner("chirper", "chirper-inc");
  one = await partner("photogram", "gram-inc");
});

async function publish(list: object[] = indicators): Promise<Tip> {
  const { id, answer } = await author.submit(["platforms", "law-enforcement"], { indicators: list });
  return { id, digest: answer.body.digest };
}
const against = (who: Member, tip: Tip, ordinals: number[], status = "false_positive") =>
  who.say(tip, { indicators: [{ ordinals, status }] });
const voice = async (who: Member, tip: Tip, ordinals: number[]) => (await against(who, tip, ordinals)).body.dispute;
const no = (reason: string, ...ordinals: number[]) => ({ not_counted: [{ reason, indicators: ordinals }] });

test("who hosts one disputes it alone; of all else its voice counts with another's, or says what it lacks", async () => {
  const host = await partner("facepage", undefined, 1, ["facepage"]);
  expect(await voice(host, await publish(), [0, 1])).toEqual({ alone: [0], ...no("no-ownership", 1) });
  expect(await voice(one, await publish(), [1])).toEqual({ with_another: [1] });
  const [puppet, own] = [await partner("puppet", "puppet-inc", 29), await partner("sister", "chirper-inc")];
  expect(await voice(puppet, await publish(), [1])).toEqual(no("enrolled-recently", 1));
  expect(await voice(own, await publish(), [1])).toEqual(no("related-to-author", 1));
  const police = await enrol("cyber-unit", "law_enforcement", { ownership: "the-state" });
  expect(await voice(police, await publish(), [1])).toEqual(no("law-enforcement", 1));
});

test("what goes beyond the budget is said, by its places", async () => {
  const many = Array.from({ length: 10 }, (_, at) => ({
    type: "domain",
    value: `d${at}.example`,
    control: "operated",
  }));
  const share = many.length * limits.disputes.share;
  expect(await voice(one, await publish(many), [3, 5, 7, 9])).toEqual({
    with_another: [3, 5].slice(0, share),
    ...no("budget-used", 7, 9),
  });
});

test("of the tip as a whole it is no voice, and other words say nothing of disputes", async () => {
  const tip = await publish();
  expect((await one.say(tip, { status: "false_positive" })).body.dispute).toEqual({
    not_counted: [{ reason: "whole-tip" }],
  });
  expect((await against(one, tip, [1], "found")).body).not.toHaveProperty("dispute");
});

test("a voice that was taken back, or decided against, is not had again", async () => {
  const tip = await publish();
  await against(one, tip, [1]);
  await against(one, tip, [1], "found");
  expect(await voice(one, tip, [1])).toEqual(no("no-second-voice", 1));
  const host = await partner("facepage", undefined, 1, ["facepage"]);
  expect(await voice(host, tip, [0])).toEqual({ alone: [0] });
  const stands = { reason: "It paid for the others." };
  expect((await author.call("POST", `/v1/tips/${tip.id}/disputes/0/confirmation`, stands)).status).toBe(200);
  expect(await voice(host, tip, [0])).toEqual(no("no-second-voice", 0));
});

test("the same document again is answered as things are now, and only to whom it is of", async () => {
  const tip = await publish();
  const word = await one.word(tip, { indicators: [{ ordinals: [1], status: "false_positive" }] });
  const send = () => one.call("POST", `/v1/tips/${tip.id}/feedback`, word);
  const first = await send();
  expect([first.status, first.body.dispute]).toEqual([201, { with_another: [1] }]);
  const again = await send();
  expect([again.status, again.body]).toEqual([200, first.body]);
  await enrolledAt(one, 1);
  expect((await send()).body.dispute).toEqual(no("enrolled-recently", 1));
  expect(JSON.stringify((await author.heard(tip.id)).body)).not.toMatch(/with_another|enrolled-recently/);
});

test("whether others have spoken makes no difference to it", async () => {
  const [spoken, silent] = [await publish(), await publish()];
  const others = [await partner("videotube", "tube-inc"), await partner("gram-two", "gram-inc")];
  for (const other of others) await against(other, spoken, [1]);
  const [there, here] = [await against(one, spoken, [1]), await against(one, silent, [1])];
  expect(there.body.dispute).toEqual(here.body.dispute);
  expect(there.body.dispute).toEqual({ with_another: [1] });
});
