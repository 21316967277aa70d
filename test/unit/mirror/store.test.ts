/** The mirror's file: what is deleted leaves no byte, what is kept is whole, whatever lay beside it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Indicator } from "../../../src/core/indicators/family.ts";
import { columnsOf } from "../../../src/mirror/columns.ts";
import { openDatabase } from "../../../src/mirror/files.ts";
import { KeyFilter } from "../../../src/mirror/key-filter.ts";
import { Mirror } from "../../../src/mirror/mirror.ts";
import { type Change, Store, type StoredTip } from "../../../src/mirror/store.ts";
import { sites } from "../indicators/given.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const fresh = (): string => path.join(folder, String(made++));

const now = Date.parse("2026-11-25T12:00:00Z");
const year = 365 * 86_400_000;

function tipOf(
  store: Store,
  tip: string,
  indicators: Indicator[],
  version = 1,
  marks: [number, number][] = [],
): StoredTip {
  const columns = columnsOf(indicators, sites, now, now + year, store.seed());
  if (!columns.ok) throw new Error(columns.error);
  const rank = Number(tip.replace(/\D/g, ""));
  const heading = JSON.stringify({ operation: { id: "o", name: "Harbour Lantern" } });
  return {
    ...{ columns: columns.value, tip, version, rank, heading, expires_at: now + year },
    ...{ author: "chirper", tlp: "amber", through: "platforms", digest: `${tip}/${version}`, marks: new Map(marks) },
  };
}

const bytesOf = (at: string): string =>
  readdirSync(at)
    .map((file) => readFileSync(path.join(at, file), "latin1"))
    .join("");

test("deleted tips leave no byte of theirs, however the pages of the file were divided and joined", async () => {
  const at = fresh();
  const store = new Store(await openDatabase(at));
  const place = store.place();
  // Between marks, so that none is the beginning of another.
  const word = (n: number) => `qz${n}zq`;
  const held = new Map<string, number[]>();
  const gone: number[] = [];
  let [state, next] = [7, 0];
  const below = (most: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % most;
  };
  for (let step = 0; step < 60; step++) {
    const changes: Change[] = [];
    if (held.size < 3 || below(2) === 0) {
      const numbers = Array.from({ length: 1 + below(120) }, () => next++);
      const indicators = numbers.map(
        (n): Indicator => ({ type: "account", platform: "x", id: word(n), handle: word(n), note: word(n) }),
      );
      changes.push({ what: "put", tip: tipOf(store, `tip-${step}`, indicators) });
      held.set(`tip-${step}`, numbers);
    } else {
      const tip = [...held.keys()][below(held.size)]!;
      gone.push(...held.get(tip)!);
      held.delete(tip);
      changes.push({ what: "gone", tip, event: `evt_1_${step}`, acknowledge: true });
    }
    store.apply({ ...place, cursor: String(step) }, changes);
  }
  expect(store.forget()).toBe(true);
  store.close();
  const bytes = bytesOf(at);
  expect(gone.length).toBeGreaterThan(200);
  expect(gone.filter((n) => bytes.includes(word(n)))).toEqual([]);
  expect([...held.values()].flat().filter((n) => !bytes.includes(word(n)))).toEqual([]);
});

test("a disputed indicator, and one with an upheld appeal, are marked and for human review, until that is over", async () => {
  const at = fresh();
  const store = new Store(await openDatabase(at));
  const place = store.place();
  const indicators = ["a", "b"].map(
    (name): Indicator => ({ type: "domain", value: `${name}.example`, control: "operated" }),
  );
  const marked = (bits: number): Change => ({
    what: "put",
    tip: tipOf(store, "tip-1", indicators, 1, [[1, bits]]),
  });
  store.apply({ ...place, cursor: "1" }, [{ what: "put", tip: tipOf(store, "tip-1", indicators) }]);
  store.finish({ ...place, cursor: "1" });
  const mirror = await Mirror.open(at, { now: () => now });
  const marks = async () =>
    (await mirror.match(["a.example", "b.example"])).map(({ hits: [hit] }) => [
      hit?.disputed,
      hit?.appealed,
      hit?.human_review,
    ]);
  expect(await marks()).toEqual([
    [undefined, undefined, false],
    [undefined, undefined, false],
  ]);
  const answering = { ...place, whole: true };
  store.apply({ ...answering, cursor: "2" }, [marked(1)]);
  expect(await marks()).toEqual([
    [undefined, undefined, false],
    [true, undefined, true],
  ]);
  store.apply({ ...answering, cursor: "3" }, [marked(4)]);
  expect((await marks())[1]).toEqual([undefined, true, true]);
  // A new version brings its own.
  store.apply({ ...answering, cursor: "4" }, [{ what: "put", tip: tipOf(store, "tip-1", indicators, 2) }]);
  expect((await marks())[1]).toEqual([undefined, undefined, false]);
  mirror.close();
  store.close();
});

test("who matches sees what another process adds, though its keys were not there when they were loaded", async () => {
  const at = fresh();
  const store = new Store(await openDatabase(at));
  const place = { ...store.place(), whole: true };
  store.finish({ ...place, cursor: "1" });
  const mirror = await Mirror.open(at, { now: () => now });
  const hits = async () => (await mirror.match(["late.example"]))[0]!.hits.length;
  expect(await hits()).toBe(0);
  const late = tipOf(store, "tip-2", [{ type: "domain", value: "late.example" }]);
  store.apply({ ...place, cursor: "2" }, [{ what: "put", tip: late }]);
  expect(await hits()).toBe(1);
  store.apply({ ...place, cursor: "3" }, [{ what: "gone", tip: "tip-2", event: "e", acknowledge: true }]);
  expect(await hits()).toBe(0);
  mirror.close();
  store.close();
});

test("the filter has every key that was added, and hardly any other", () => {
  const filter = new KeyFilter();
  const keys = Array.from({ length: 50_000 }, (_, at) => `ah:x:harbour_${at}`);
  for (const key of keys) filter.add(key);
  expect(keys.filter((key) => !filter.mayHave(key))).toEqual([]);
  const others = keys.filter((key) => filter.mayHave(`${key}z`));
  expect(others.length).toBeLessThan(20);
  expect(filter.bytes).toBeLessThanOrEqual(keys.length * 16);
});
