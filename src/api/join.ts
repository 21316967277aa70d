/** `/join`: an invitation and a new key make a partner's first key. The one writing door without a token. */
import { Hono } from "hono";
import * as z from "zod";
import { joinExchange } from "../exchange/join.ts";
import { type Door, readBody, refuse } from "./door.ts";

export const join = new Hono<Door>();

export const joinBody = z.strictObject({
  code: z.string().min(10).max(100),
  jwk: z.record(z.string(), z.unknown()),
  proof: z.string().min(1).max(4_000),
});

join.post("/join", async (context) => {
  const body = await readBody(context, joinBody);
  if (!body.ok) return refuse(context, body.error);
  const joined = await joinExchange(context.get("exchange"), body.value);
  return joined.ok ? context.json(joined.value, 201) : refuse(context, joined.error);
});
