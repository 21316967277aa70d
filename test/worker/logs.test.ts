import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import closed from "../../src/closed.ts";
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
