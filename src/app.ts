/** The one app: middleware in order, operations mounted, errors to problem details. Nothing of a request's content is logged. */
// Its one small router suffices for a few dozen routes.
import { Hono } from "hono/tiny";
import { getPath } from "hono/utils/url";
import ipaddr from "ipaddr.js";
import { type Door, notFound, refuse } from "./api/door.ts";
import { mount } from "./api/operation.ts";
import { framesOf } from "./core/frames.ts";
import { problem } from "./core/problem.ts";
import { exchangeOf } from "./exchange/exchange.ts";
import { holdBack } from "./exchange/hold-back.ts";
import { joined } from "./misp/roots.ts";
import { operations } from "./operations.ts";
import { wakeConcerned } from "./push/wake.ts";

export const app = new Hono<Door>({ getPath: (request) => joined(getPath(request)) });

/** Whose requests count together: an IPv4 address, or the /64 that one IPv6 host has to itself; where none is known, all. */
function networkOf(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return "local";
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? `${parsed.parts.slice(0, 4).join(":")}/64` : parsed.toString();
}

app.use(async (context, next) => {
  const id = crypto.randomUUID();
  context.set("request_id", id);
  context.header("x-request-id", id);
  context.header("x-content-type-options", "nosniff");
  const wake = (seq: number, events?: number) =>
    context.executionCtx.waitUntil(wakeConcerned(context.env, seq, events));
  context.set("exchange", await exchangeOf(context.env, Date.now(), wake));
  const network = networkOf(context.req.header("cf-connecting-ip"));
  const rate = await context.env.ADDRESS_RATE?.limit({ key: network });
  if (rate?.success === false) {
    const detail = "Slow down: too many requests from this address in a minute.";
    context.res = refuse(context, { ...problem("rate", detail), retry_after: 60 });
  } else await next();
  const { status, headers } = context.res;
  if (status === 429 || status === 413) {
    await holdBack(context.get("partner") ?? network, Number(headers.get("retry-after") ?? 1), Date.now());
  }
  if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
});

for (const operation of operations) mount(app, operation);

app.notFound((context) => notFound(context));
app.onError((error, context) => {
  console.error(context.get("request_id"), framesOf(error));
  const busy = /D1_ERROR|overloaded|Network connection lost|storage/i.test(error.message);
  return busy
    ? refuse(context, {
        ...problem("unavailable", "Try again in a few seconds; what is safe to repeat is documented."),
        retry_after: 5,
      })
    : refuse(context, problem("internal", "This is our fault. Quote the header x-request-id when you report it."));
});
