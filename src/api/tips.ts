/** `/v1/tips`, `/v1/feed`, `/v1/indicators`, `/v1/match`. */
import { Hono } from "hono";
import * as z from "zod";
import { tlps } from "../core/audience.ts";
import { limits } from "../core/limits.ts";
import { short, slug, uuid } from "../core/names.ts";
import { problem } from "../core/problem.ts";
import { instant, parseTime } from "../core/time.ts";
import { listIndicators } from "../exchange/list-indicators.ts";
import { listTips } from "../exchange/list-tips.ts";
import { match } from "../exchange/match.ts";
import { ownTip } from "../exchange/own-document.ts";
import { readFeed } from "../exchange/read-feed.ts";
import { readTip } from "../exchange/read-tip.ts";
import { rescopeTip } from "../exchange/rescope-tip.ts";
import { submitTip } from "../exchange/submit-tip.ts";
import { withdrawTip } from "../exchange/withdraw-tip.ts";
import { allow, cursor, type Door, flag, limitParameter, notFound, readBody, readQuery, refuse } from "./door.ts";

export const tips = new Hono<Door>();

const submission = z.strictObject({ tip: z.unknown(), audience: z.unknown() });

tips.post("/tips", allow("tips:write"), async (context) => {
  const body = await readBody(context, submission);
  if (!body.ok) return refuse(context, body.error);
  const done = await submitTip(context.get("exchange"), context.get("caller"), body.value);
  return done.ok ? context.json(done.value.submitted, done.value.created ? 201 : 200) : refuse(context, done.error);
});

tips.put("/tips/:tip/audience", allow("tips:write"), async (context) => {
  const own = await ownTip(context.get("exchange"), context.get("caller"), context.req.param("tip"));
  if (!own) return notFound(context);
  const body = await readBody(context, z.unknown());
  if (!body.ok) return refuse(context, body.error);
  const done = await rescopeTip(context.get("exchange"), context.get("caller"), own, body.value);
  return done.ok ? context.json(done.value) : refuse(context, done.error);
});

tips.post("/tips/:tip/withdrawal", allow("tips:write"), async (context) => {
  const own = await ownTip(context.get("exchange"), context.get("caller"), context.req.param("tip"));
  if (!own) return notFound(context);
  const body = await readBody(context, z.unknown());
  if (!body.ok) return refuse(context, body.error);
  const done = await withdrawTip(context.get("exchange"), context.get("caller"), own, body.value);
  return done.ok ? context.json(done.value) : refuse(context, done.error);
});

tips.get("/tips/:tip", allow("tips:read"), async (context) => {
  const accept = context.req.header("accept") ?? "*/*";
  const jose = /application\/jose\+json/i.test(accept);
  if (!jose && !/(\*|application)\/(\*|json)/i.test(accept))
    return refuse(context, problem("not-acceptable", "Accept application/json or application/jose+json."));
  const found = await readTip(context.get("exchange"), context.get("caller"), context.req.param("tip"));
  if (!found || (jose && !found.envelope)) return notFound(context);
  return jose
    ? context.body(JSON.stringify(found.envelope), 200, { "content-type": "application/jose+json" })
    : context.json(found.item);
});

const since = z
  .string()
  .refine((text) => parseTime(text) !== undefined, "Use an RFC 3339 date-time or a day.")
  .transform((text) => instant(parseTime(text)!));

const tipFilter = z.strictObject({
  from: slug.optional(),
  tlp: z.enum(tlps).optional(),
  operation: uuid.optional(),
  type: z.string().max(32).optional(),
  platform: short.optional(),
  since: since.optional(),
  through: z.string().max(120).optional(),
  for_you: flag,
  urgency: z.enum(["routine", "priority", "urgent"]).optional(),
  limit: limitParameter(limits.tips_page, 50),
  after: cursor,
});

tips.get("/tips", allow("tips:read"), async (context) => {
  const filter = readQuery(context, tipFilter);
  if (!filter.ok) return refuse(context, filter.error);
  const page = await listTips(context.get("exchange"), context.get("caller"), filter.value);
  if (!page.ok) return refuse(context, page.error);
  return context.json({ tips: page.value.items, next: page.value.next, more: page.value.more });
});

const feedQuery = z.strictObject({ after: cursor, limit: limitParameter(limits.page, 100), documents: flag });

tips.get("/feed", allow("tips:read"), async (context) => {
  const query = readQuery(context, feedQuery);
  if (!query.ok) return refuse(context, query.error);
  const { after, limit, documents } = query.value;
  const page = await readFeed(context.get("exchange"), context.get("caller"), {
    after,
    limit,
    documents: documents ?? false,
  });
  return page.ok ? context.json(page.value) : refuse(context, page.error);
});

const indicatorFilter = z.strictObject({
  type: z.string().max(32).optional(),
  platform: short.optional(),
  from: slug.optional(),
  operation: uuid.optional(),
  limit: limitParameter(limits.page, 200),
  after: cursor,
});

tips.get("/indicators", allow("tips:read"), async (context) => {
  const filter = readQuery(context, indicatorFilter);
  if (!filter.ok) return refuse(context, filter.error);
  const page = await listIndicators(context.get("exchange"), context.get("caller"), filter.value);
  if (!page.ok) return refuse(context, page.error);
  return context.json({ indicators: page.value.items, next: page.value.next, more: page.value.more });
});

const questions = z.strictObject({
  questions: z.array(z.union([z.string().min(1).max(2_048), z.record(z.string(), z.unknown())])).max(limits.questions),
  on_host: z.boolean().optional(),
});

tips.post("/match", allow("match"), async (context) => {
  const body = await readBody(context, questions);
  if (!body.ok) return refuse(context, body.error);
  const done = await match(context.get("exchange"), context.get("caller"), body.value);
  return done.ok ? context.json({ answers: done.value }) : refuse(context, done.error);
});
