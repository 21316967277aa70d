/** What every JSON door shares: the context, authentication with a scope, strict reading, problems (RFC 9457). */
import type { Context } from "hono";
import type * as z from "zod";
import { unknownParameter } from "../core/issues.ts";
import { limits } from "../core/limits.ts";
import type { Scope } from "../core/names.ts";
import { type Problem, problem, problems } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { faultsOf } from "../core/zod-faults.ts";
import type { Caller, Env, Exchange } from "../exchange/exchange.ts";
import type { Work } from "../exchange/work.ts";
import { accessCredential } from "../oauth/authenticate.ts";
import { challenge } from "../oauth/challenge.ts";
import type { Credential } from "../oauth/credential.ts";
import { readCredential, readTokenIn } from "../oauth/read-tokens.ts";
import { isTaxii, taxiiError, taxiiType } from "./answers/taxii-error.ts";
import { readBytes } from "./body.ts";

export interface Door {
  Bindings: Env;
  /** `partner`: who it is known to be from. `rate`: as it was counted. `read_tokens`: whether the door takes them. */
  Variables: {
    exchange: Exchange;
    request_id: string;
    partner?: string;
    rate?: { success: boolean };
    read_tokens?: boolean;
  };
}
export type DoorContext = Context<Door>;

/** The problem as its document; nothing in it but what the table and the deed say. */
export function refuse(context: DoorContext, refusal: Problem): Response {
  const { status, title } = problems[refusal.slug];
  const taxii = isTaxii(context.req.path);
  const headers: Record<string, string> = {
    "content-type": taxii ? taxiiType : "application/problem+json",
    "cache-control": "no-store",
  };
  if (status === 401 || refusal.slug === "missing-scope") {
    const { url } = context.get("exchange");
    headers["www-authenticate"] = challenge(
      url,
      context.req.header("authorization"),
      refusal,
      context.get("read_tokens"),
    );
  }
  if (refusal.retry_after !== undefined) headers["retry-after"] = String(refusal.retry_after);
  const exchange = context.env.EXCHANGE_URL.replace(/\/$/, "");
  if (taxii) return context.body(JSON.stringify(taxiiError(refusal, exchange)), status, headers);
  const body = {
    type: `${exchange}/problems/${refusal.slug}`,
    title,
    status,
    detail: refusal.detail,
    ...(refusal.faults && { faults: refusal.faults.slice(0, 100) }),
  };
  return context.body(JSON.stringify(body), status, headers);
}

/** Not there and not yours: one body. */
export const notFound = (context: DoorContext): Response =>
  refuse(context, problem("not-found", "There is no such thing, or it is not for you."));

/** What a proof may name as the request's URL: the exchange's identity, and on one's own machine also another port. */
export function spellingsOf({ url: identity }: Exchange, { hostname, origin, pathname }: URL): string[] {
  const local = hostname === "127.0.0.1" || hostname === "localhost" || hostname === "[::1]";
  return [identity + pathname, ...(local ? [origin + pathname] : [])];
}

/** What the request shows of who asks, as far as it can be judged without the database. */
export async function credentialOf(
  context: DoorContext,
  takesReadTokens: boolean,
): Promise<Result<Credential, Problem>> {
  const url = new URL(context.req.url);
  const exchange = context.get("exchange");
  const authorization = context.req.header("authorization");
  context.set("read_tokens", takesReadTokens);
  const readToken = takesReadTokens ? readTokenIn(authorization) : undefined;
  if (readToken !== undefined)
    return ok(await readCredential(exchange, readToken, context.req.header("cf-connecting-ip")));
  return accessCredential(exchange, {
    authorization,
    proof: context.req.header("dpop"),
    method: context.req.method,
    urls: spellingsOf(exchange, url),
  });
}

/** Whether who asks has the scope, and goes slowly enough. Read tokens are tokens only where that is said. */
export async function judgeCaller(
  context: DoorContext,
  caller: Caller,
  scope: Scope | "any",
): Promise<Result<Caller, Problem>> {
  context.set("partner", caller.partner);
  // Whatever is refused from here on counts too; and once, also where the caller is judged again.
  const rate = context.get("rate") ?? (await context.env.PARTNER_RATE?.limit({ key: caller.partner }));
  context.set("rate", rate);
  if (rate && !rate.success) {
    return err({ ...problem("rate", "Slow down: too many requests in a minute."), retry_after: 60 });
  }
  return judgeScope(caller, scope);
}

function judgeScope(caller: Caller, scope: Scope | "any"): Result<Caller, Problem> {
  // A token for purposes is one for nothing else.
  if (scope === "any" ? !caller.scopes.includes("purposes") : caller.scopes.includes(scope)) return ok(caller);
  if (scope === "any") return err(problem("missing-scope", "Ask for a token that carries your purpose."));
  const detail = `Ask for a token with the scope ${scope}; the steward grants it.`;
  return err({ ...problem("missing-scope", detail), scope });
}

/** The caller as it is later, with the scope still its own, while its request goes on. */
export const judgeAgain =
  (caller: Caller, scope: Scope) =>
  async (later: Exchange): Promise<Result<Caller, Problem>> => {
    const judged = await caller.again(later);
    return judged.ok ? judgeScope(judged.value, scope) : judged;
  };

/** The body as JSON: bounded while it is read, of the right media type, of the schema's form. A large one takes its turn. */
export async function readBody<Schema extends z.ZodType>(
  context: DoorContext,
  schema: Schema,
  work: Work | undefined,
): Promise<Result<z.infer<Schema>, Problem>> {
  const type = context.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json" && type !== "application/jose+json") {
    return err(problem("unsupported-media-type", "Send application/json."));
  }
  // Who has no account yet has nothing large to say.
  const most = work ? limits.request_bytes : limits.document_bytes;
  const stated = Number(context.req.header("content-length") ?? Number.NaN);
  if (stated > most) return err(tooLarge(most));
  const large = !(stated <= limits.large.body_bytes);
  const mayRead = large ? await work?.read(stated || most) : undefined;
  if (mayRead) return err(mayRead);
  const bytes = await readBytes(context.req.raw, most);
  if (bytes === "more") return err(tooLarge(most));
  if (bytes === "late") {
    work?.charge(limits.body_seconds * 1_000);
    return err(problem("unreadable", `A request's body must be there within ${limits.body_seconds} seconds.`));
  }
  const mayBegin = large ? await work?.begin(bytes.length) : undefined;
  if (mayBegin) return err(mayBegin);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return err(problem("unreadable", "The body is not JSON in UTF-8."));
  }
  await work?.breathe();
  const parsed = schema.safeParse(value);
  return parsed.success
    ? ok(parsed.data)
    : err(problem("invalid-request", "Mend each fault and send again. Nothing was stored.", faultsOf(parsed)));
}

const tooLarge = (most: number) => problem("too-large", `A request has at most ${most} bytes.`);

/** Query parameters of the schema's form; unknown ones and repeated ones are refused. */
export function readQuery<Schema extends z.ZodType>(
  context: DoorContext,
  schema: Schema,
): Result<z.infer<Schema>, Problem> {
  const given = context.req.queries();
  const values = Object.fromEntries(
    Object.entries(given).map(([name, list]) => [name, list.length === 1 ? list[0] : list]),
  );
  const parsed = schema.safeParse(values);
  return parsed.success
    ? ok(parsed.data)
    : err(problem("malformed-parameter", "Mend the query's parameters.", faultsOf(parsed, "", unknownParameter)));
}
