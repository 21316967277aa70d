/**
 * A mirror killed at random points, and started again: it ends with the exchange's view, and every deletion is told. Most deaths
 * are a copy of its files between two statements, as a dead process leaves them; some are real (TIPOFF_MIRROR_KILLS: how many in
 * all, 20 where it is not set).
 */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Connection } from "../../../src/client/connect.ts";
import { Mirror } from "../../../src/mirror/mirror.ts";
import { root } from "../world.ts";
import { authorOf, chances, indicatorsOf, lifeOf, questionsAbout, soon, startWorld, type World } from "./history.ts";
import { replay, type View, viewAtHome, viewOf } from "./replay.ts";

const runs = Number(process.env.TIPOFF_MIRROR_KILLS ?? 20);
const start = Number(process.env.TIPOFF_SEED ?? Date.now() % 1_000_000);
const questions = questionsAbout(indicatorsOf(start, 30)).slice(0, 150);
const page = 7;
/** Of a first sync that nothing ends. */
let statements = 0;

/** Tips that end by themselves between the halves. */
const ending: string[] = [];
let world: World;
let now: Connection;
/** Before and after half of the history: the exchange's answers, and its view. */
let before = replay();
let after = replay();
/** Half of the history: who reads it, when that is, and what is then in view. */
interface Half {
  reader: Connection;
  now: () => number;
  view: View;
}
let half: { before: Half; after: Half };

beforeAll(async () => {
  world = await startWorld("mirror-kill");
  now = await world.as("observatory");
  const authors = [authorOf(await world.as("chirper")), authorOf(await world.as("facepage"))];
  const live = lifeOf(authors, start);
  await live(22);
  for (let tip = 0; tip < 3; tip++)
    ending.push(await authors[0]!.publish(indicatorsOf(start, 5), undefined, { expires_at: soon(3_000) }));
  const withdrawn = await authors[0]!.publish(indicatorsOf(start, 9));
  const ends = Date.now() + 3_000;
  [before, after] = [replay(), replay()];
  // Not just while the view is taken.
  if (Date.now() > ends - 1_500) await until(ends);
  const [first, at] = [path.join(world.folder, "first"), Date.now()];
  const half1 = { reader: await world.as("observatory", before), now: () => at, view: await viewOf(now, questions) };
  const count = dieAt(Number.POSITIVE_INFINITY, first, first);
  expect(await whole(first, half1)).toEqual(half1.view);
  statements = count();
  mend();
  before.freeze();
  await live(16);
  await authors[0]!.withdraw(withdrawn);
  await until(ends);
  await world.exchange.tick();
  const half2 = { reader: await world.as("observatory", after), now: Date.now, view: await viewOf(now, questions) };
  expect(await whole(first, half2)).toEqual(half2.view);
  half = { before: half1, after: half2 };
});
afterAll(() => world?.stop());

const until = (time: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, time - Date.now()) + 50));

/** What a process that dies at its n-th statement leaves behind; undefined where it ends before. */
class Death extends Error {}
const methods = [
  [DatabaseSync.prototype, "exec"],
  [StatementSync.prototype, "run"],
  [StatementSync.prototype, "get"],
  [StatementSync.prototype, "all"],
] as unknown as [Record<string, (...given: unknown[]) => unknown>, string][];
const originals = methods.map(([prototype, name]) => prototype[name]!);
const mend = () => {
  for (const [at, [prototype, name]] of methods.entries()) prototype[name] = originals[at]!;
};
afterEach(mend);

function dieAt(statement: number, folder: string, left: string): () => number {
  let count = 0;
  for (const [at, [prototype, name]] of methods.entries())
    prototype[name] = function (...given) {
      if (++count === statement) cpSync(folder, left, { recursive: true });
      if (count >= statement) throw new Death();
      return originals[at]!.apply(this, given);
    };
  return () => count;
}

/** A sync that dies somewhere; the folder with which the next goes on. */
async function killed(folder: string, { reader, now }: Half, statement: number): Promise<string> {
  const left = `${folder}-`;
  const mirror = await Mirror.open(folder, { now });
  dieAt(statement, folder, left);
  const died = await mirror.sync(reader, { page }).then(
    () => false,
    (error: unknown) => {
      if (!(error instanceof Death)) throw error;
      return true;
    },
  );
  mend();
  mirror.close();
  return died ? left : folder;
}

const whole = async (folder: string, { reader, now }: Half): Promise<View> => {
  const mirror = await Mirror.open(folder, { now });
  await mirror.sync(reader, { page });
  const found = await viewAtHome(mirror, questions);
  mirror.close();
  return found;
};

/** A real process, ended by the system. */
async function killedProcess(folder: string, ms: number): Promise<void> {
  const words = [path.join(root, "src/cli/main.ts"), "--as", "observatory", "mirror", folder];
  const child = spawn(path.join(root, "node_modules/.bin/node"), words, {
    env: { ...process.env, TIPOFF_HOME: world.home },
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const late = setTimeout(() => child.kill("SIGKILL"), ms);
  await ended;
  clearTimeout(late);
}

test(
  `killed at random points of ${runs} runs and started again, it ends with the exchange's view`,
  async () => {
    const below = chances(start);
    const idsOf = ({ view }: Half) => view.tips.map((tip) => tip.split(" ")[0]!);
    const left = new Set(idsOf(half.after));
    const takenBack = idsOf(half.before).filter((tip) => !left.has(tip) && !ending.includes(tip));
    expect(takenBack.length, `seed ${start}`).toBeGreaterThan(0);
    for (let run = 0; run < runs; run++) {
      let folder = path.join(world.folder, `run-${run}`);
      const where = `seed ${start}, run ${run}`;
      mkdirSync(folder);
      if (run % 8 === 7) {
        await killedProcess(folder, 120 + below(400));
        await killedProcess(folder, 120 + below(400));
      } else {
        folder = await killed(folder, half.before, 1 + below(statements));
        folder = await killed(folder, half.before, 1 + below(statements));
      }
      if (run % 2 === 0) {
        expect(await whole(folder, half.before), where).toEqual(half.before.view);
        after.acknowledged.clear();
        folder = await killed(folder, half.after, 1 + below(statements));
        folder = await killed(folder, half.after, 1 + below(statements));
      }
      expect(await whole(folder, half.after), where).toEqual(half.after.view);
      if (run % 2 !== 0) continue;
      expect([...after.acknowledged.keys()], where).toEqual(expect.arrayContaining(takenBack));
      expect(
        [...after.acknowledged.keys()].filter((tip) => left.has(tip)),
        where,
      ).toEqual([]);
    }
  },
  60_000 + runs * 3_000,
);
