/** The one app: middleware in order, doors mounted, errors to problem details. Nothing of a request's content is logged. */
import { Hono } from "hono";
import { type Door, notFound, refuse } from "./api/door.ts";
import { join } from "./api/join.ts";
import { keys } from "./api/keys.ts";
import { partners } from "./api/partners.ts";
import { tips } from "./api/tips.ts";
import { problem } from "./core/problem.ts";
import { exchangeKey } from "./exchange/exchange.ts";
import { oauth } from "./oauth/door.ts";

export const app = new Hono<Door>();

app.use(async (context, next) => {
  const id = crypto.randomUUID();
  context.set("request_id", id);
  const address = context.req.header("cf-connecting-ip") ?? "local";
  const rate = await context.env.ADDRESS_RATE?.limit({ key: address });
  if (rate && !rate.success) {
    return refuse(context, {
      ...problem("rate", "Slow down: too many requests from this address in a minute."),
      retry_after: 60,
    });
  }
  context.set("exchange", {
    db: context.env.DB,
    url: context.env.EXCHANGE_URL.replace(/\/$/, ""),
    epoch: context.env.EPOCH,
    key: await exchangeKey(context.env.EXCHANGE_KEY),
    now: Date.now(),
  });
  await next();
  context.header("x-request-id", id);
  context.header("x-content-type-options", "nosniff");
  if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
});

app.route("/", oauth);
app.route("/", join);
app.route("/v1", tips);
app.route("/v1", partners);
app.route("/v1", keys);

app.notFound((context) => notFound(context));
app.onError((error, context) => {
  // The name and our own stack, never the message: D1 quotes bound values in some.
  console.error(context.get("request_id"), error.name, error.stack?.split("\n").slice(1, 4).join(" "));
  const busy = /D1_ERROR|overloaded|Network connection lost|storage/i.test(error.message);
  return busy
    ? refuse(context, {
        ...problem("unavailable", "Try again in a few seconds; what is safe to repeat is documented."),
        retry_after: 5,
      })
    : refuse(context, problem("internal", "This is our fault. Quote the header x-request-id when you report it."));
});
