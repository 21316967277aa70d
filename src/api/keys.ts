/** `/v1/keys`: a partner's own keys; and what the steward does with them. */
import { Hono } from "hono";
import * as z from "zod";
import { instant, parseTime } from "../core/time.ts";
import { compromiseKey } from "../exchange/compromise-key.ts";
import { addKey, approveKey, cancelKey, listKeys, retireKey } from "../exchange/manage-keys.ts";
import { allow, type Door, notFound, readBody, refuse } from "./door.ts";

export const keys = new Hono<Door>();

const keyBody = z.strictObject({ jwk: z.record(z.string(), z.unknown()), proof: z.string().min(1).max(4_000) });
const sinceBody = z.strictObject({
  since: z
    .string()
    .refine((text) => parseTime(text) !== undefined, "Use an RFC 3339 date-time.")
    .transform((text) => instant(parseTime(text)!)),
});

keys.get("/keys", allow("keys"), async (context) =>
  context.json({ keys: await listKeys(context.get("exchange"), context.get("caller")) }),
);

keys.post("/keys", allow("keys"), async (context) => {
  const body = await readBody(context, keyBody);
  if (!body.ok) return refuse(context, body.error);
  const done = await addKey(context.get("exchange"), context.get("caller"), body.value);
  return done.ok ? context.json(done.value, 201) : refuse(context, done.error);
});

for (const [deed, run] of [
  ["cancel", cancelKey],
  ["retire", retireKey],
] as const) {
  keys.post(`/keys/:kid/${deed}`, allow("keys"), async (context) => {
    const done = await run(context.get("exchange"), context.get("caller"), context.req.param("kid"));
    if (!done.ok) return refuse(context, done.error);
    return done.value ? context.json(done.value) : notFound(context);
  });
}

keys.post("/keys/:kid/compromise", allow("keys"), async (context) => {
  const body = await readBody(context, sinceBody);
  if (!body.ok) return refuse(context, body.error);
  const caller = context.get("caller");
  const done = await compromiseKey(
    context.get("exchange"),
    caller.partner,
    context.req.param("kid"),
    body.value.since,
    caller,
  );
  if (!done.ok) return refuse(context, done.error);
  return done.value ? context.json(done.value) : notFound(context);
});

keys.post("/partners/:slug/keys/:kid/approve", allow("admin"), async (context) => {
  const done = await approveKey(context.get("exchange"), context.req.param("slug"), context.req.param("kid"));
  if (!done.ok) return refuse(context, done.error);
  return done.value ? context.json(done.value) : notFound(context);
});

keys.post("/partners/:slug/keys/:kid/compromise", allow("admin"), async (context) => {
  const body = await readBody(context, sinceBody);
  if (!body.ok) return refuse(context, body.error);
  const done = await compromiseKey(
    context.get("exchange"),
    context.req.param("slug"),
    context.req.param("kid"),
    body.value.since,
    undefined,
  );
  if (!done.ok) return refuse(context, done.error);
  return done.value ? context.json(done.value) : notFound(context);
});
