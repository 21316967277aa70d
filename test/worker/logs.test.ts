import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import closed, * as resting from "../../src/closed.ts";
import type { Env } from "../../src/exchange/exchange.ts";
import worker from "../../src/index.ts";

test("a schedule that fails tells where, never what D1 was asked", async () => {
  const secret = "harbour-lantern.example";
  const db = {
    prepare: () => {
      throw new Error(`D1_ERROR: near "${secret}"`);
    },
  };
  const controller = { scheduledTime: Date.now(), cron: "* * * * *", noRetry: () => {} } as ScheduledController;
  const failed = await worker.scheduled(controller, { ...env, DB: db } as never).then(
    () => undefined,
    (error: Error) => error,
  );
  expect(failed?.message).toMatch(/^The schedule failed: Error .*at /);
  expect(`${failed?.stack}${failed?.cause ?? ""}`).not.toContain(secret);
});

test("a closed exchange answers 503 with a time to come back, whatever is asked", async () => {
  const answer = await closed.fetch(new Request("https://tipoff.example/v1/tips") as never, env as never);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "300"]);
  expect(await answer.json()).toMatchObject({ type: "https://tipoff.example/problems/unavailable", status: 503 });
});

test.each(["Endpoint", "Dispatcher"] as const)(
  "while it is closed a %s sends nothing, keeps what it has, and comes back in a minute",
  async (name) => {
    const sent = vi.spyOn(globalThis, "fetch");
    const { ENDPOINT } = env as unknown as Env;
    await runInDurableObject(ENDPOINT.get(ENDPOINT.newUniqueId()), async (_endpoint, state) => {
      await state.storage.put("kept", 1);
      const closed = new resting[name](state, env as never);
      expect(closed.wake()).toBeUndefined();
      expect(await state.storage.getAlarm()).toBe(null);
      await closed.alarm();
      expect((await state.storage.getAlarm())! - Date.now()).toBeGreaterThan(50_000);
      expect(await state.storage.get("kept")).toBe(1);
      await state.storage.deleteAlarm();
    });
    expect(sent).not.toHaveBeenCalled();
    sent.mockRestore();
  },
);
