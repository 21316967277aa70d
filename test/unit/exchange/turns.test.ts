/** Turns within a worker, by a clock of the test's own. */
import { expect, test } from "vitest";
import { limits } from "../../../src/core/limits.ts";
import { type Turn, Turns } from "../../../src/exchange/turns.ts";

const { large } = limits;
const now = 1_000_000_000;
const turnOf = (partner: string): Turn => ({ partner, phase: "small", bytes: 0, until: 0 });
const works = (turns: Turns, partner: string, bytes = 1_000, at = now) =>
  turns.enter(turnOf(partner), "working", bytes, at);

test("of one partner one large request is worked on at a time, and others pass", () => {
  const turns = new Turns();
  const first = turnOf("chirper");
  expect(turns.enter(first, "working", 1_000, now)).toBe("entered");
  expect(works(turns, "chirper")).toBe("own");
  expect(works(turns, "facepage")).toBe("entered");
  turns.leave(first);
  expect(works(turns, "chirper")).toBe("entered");
});

test("all that is in hand stays within the worker's memory, whoever sends it, and one alone always passes", () => {
  const turns = new Turns();
  expect(works(turns, "chirper", large.worker_bytes)).toBe("entered");
  expect(works(turns, "facepage", 1)).toBe("all");
  const two = new Turns();
  expect(works(two, "chirper", limits.tip_bytes * (4 / 3))).toBe("entered");
  expect(works(two, "facepage", limits.tip_bytes * (4 / 3))).toBe("entered");
  expect(works(two, "gramgallery", limits.tip_bytes)).toBe("all");
});

test("who does not fetch its answers gets no more of them", () => {
  const turns = new Turns();
  for (let n = 0; n < large.sending; n++) turns.enter(turnOf("chirper"), "sending", 1_000, now);
  expect(works(turns, "chirper")).toBe("own");
  expect(works(turns, "facepage")).toBe("entered");
});

test("a turn that is never given back ends by itself", () => {
  const turns = new Turns();
  works(turns, "chirper");
  expect(works(turns, "chirper", 1_000, now + 59_000)).toBe("own");
  expect(works(turns, "chirper", 1_000, now + 60_000)).toBe("entered");
});

test("beyond a burst a partner leaves the others their share, and no pause is longer than a client waits", () => {
  const turns = new Turns();
  turns.come("facepage", now);
  turns.come("chirper", now);
  turns.charge("chirper", large.burst_seconds * 1_000, now);
  expect(turns.pause("chirper", now)).toBe(0);
  turns.charge("chirper", 200, now);
  expect(turns.pause("chirper", now)).toBe(200 / 1_000 / large.share);
  expect(turns.pause("facepage", now)).toBe(0);
  turns.come("facepage", now + 2_000);
  expect(turns.pause("chirper", now + 2_000)).toBe(0);
  turns.charge("chirper", 600_000, now);
  expect(turns.pause("chirper", now)).toBe(large.pause_seconds);
  expect(large.pause_seconds).toBeLessThan(10);
});

test("who is alone in a worker is not held up", () => {
  const turns = new Turns();
  turns.come("facepage", now);
  turns.come("chirper", now + 1_000);
  turns.charge("chirper", 600_000, now + 1_000);
  expect(turns.pause("chirper", now + 3_000)).toBeGreaterThan(0);
  expect(turns.pause("chirper", now + 3_001)).toBe(0);
  turns.come("facepage", now + 4_000);
  expect(turns.pause("chirper", now + 4_000)).toBeGreaterThan(0);
});

test("between two pieces of work a request in hand of who had less goes first; one that waits, or is sent, does not", () => {
  const turns = new Turns();
  turns.come("facepage", now);
  turns.come("chirper", now);
  turns.charge("chirper", 500, now);
  works(turns, "chirper");
  const other = turnOf("facepage");
  for (const [phase, first] of [
    ["small", true],
    ["working", true],
    ["waiting", false],
    ["reading", false],
    ["sending", false],
  ] as const) {
    turns.enter(other, phase, 1, now);
    expect(turns.isAnotherFirst("chirper", now), phase).toBe(first);
    expect(turns.isAnotherFirst("facepage", now), phase).toBe(false);
  }
});
