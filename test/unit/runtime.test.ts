import { expect, test } from "vitest";
import { workerOf } from "../../scripts/runtime.ts";

const identity = {
  exchange: "http://127.0.0.1:8787",
  exchange_key: {},
  steward_key: { kty: "OKP", x: "x", d: "secret" },
};
const bindingsOf = (vars?: Record<string, string>) => workerOf("/bundle/index.js", identity, vars).bindings;

test("webhooks go to this machine only where the runtime is started so", () => {
  expect(bindingsOf()).not.toHaveProperty("WEBHOOK_LOOPBACK");
  expect(bindingsOf({ WEBHOOK_LOOPBACK: "1" })).toMatchObject({ WEBHOOK_LOOPBACK: "1" });
});

test("the worker gets the public half of the steward's key, and is the exchange that the state says, whatever is laid over it", () => {
  const bindings = bindingsOf({ EXCHANGE_URL: "https://elsewhere.example", STEWARD_KEY: "{}" });
  expect(bindings).toMatchObject({ EXCHANGE_URL: identity.exchange, STEWARD_KEY: '{"kty":"OKP","x":"x"}' });
});
