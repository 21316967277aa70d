/**
 * One operation of the exchange, declared once: the declaration registers the route, checks the scope, validates the input
 * and is what the reference shows. The order of judging is the same everywhere: caller and scope, path, what the path
 * names, query, body.
 */
import type { Hono } from "hono";
import * as z from "zod";
import { limits } from "../core/limits.ts";
import type { Scope } from "../core/names.ts";
import type { Problem, Slug } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Caller, Exchange } from "../exchange/exchange.ts";
import type { Work } from "../exchange/work.ts";
import { judgeCredential, serveKnown } from "../oauth/credential.ts";
import { inPieces } from "./body.ts";
import {
  credentialOf,
  type Door,
  type DoorContext,
  judgeCaller,
  notFound,
  readBody,
  readQuery,
  refuse,
} from "./door.ts";

/** `open` needs no token, `any` any valid one. */
export type Access = Scope | "any" | "open";
export type Status = 200 | 201 | 202 | 204 | 304 | 400 | 401;
export const tags = [
  "Signing in",
  "Tips",
  "Disputes",
  "Working on tips",
  "Matching",
  "TAXII",
  "Other tools",
  "Records",
  "Subscriptions",
  "Read tokens",
  "Purposes",
  "Partners",
  "Groups",
  "Keys",
  "Reference",
] as const;

export interface AnswerPromise {
  description: string;
  /** Absent where there is no body, or one that is no JSON. */
  schema?: z.ZodType;
  type?: string;
  /** Of a stream of events: what each one's `data` holds. */
  each?: z.ZodType;
  example?: unknown;
  headers?: Record<string, string>;
  /** Further media types without a schema. */
  others?: readonly string[];
  /** The same in another media type, for who accepts that. */
  also?: { type: string; schema: z.ZodType; example: unknown };
}

export interface Body<Shown extends z.ZodType = z.ZodType, Read extends z.ZodType = Shown> {
  /** What the reference shows. */
  schema: Shown;
  /** What is read, where the deed judges the rest, with problems of its own; the same where absent. */
  read?: Read;
  type?: "application/x-www-form-urlencoded";
  example: unknown;
}

export interface Reply {
  status: Status;
  body?: unknown;
  type?: string;
  headers?: Record<string, string>;
}

/** Undefined: not there, or not the caller's. */
export type Outcome = Result<Reply | undefined, Problem>;

type Path = Record<string, z.ZodType>;

interface Declaration<
  At extends Path,
  Query extends z.ZodType,
  Shown extends z.ZodType,
  Read extends z.ZodType,
  Found,
> {
  id: string;
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: `/${string}`;
  tag: (typeof tags)[number];
  access: Access;
  summary: string;
  description?: string;
  /** What the path's `{names}` hold; anything else is not there. */
  at?: At;
  query?: Query;
  body?: Body<Shown, Read>;
  answers: Partial<Record<Status, AnswerPromise>>;
  /** It does nothing, whoever asks: so it is told to whoever may read. */
  isRefused?: true;
  /** Besides those that follow from the declaration. */
  problems?: readonly Slug[];
  /**
   * It answers from what the database holds now, and does nothing else: who asks may be judged in the transaction that reads.
   * (What waits or goes on for long shares the database with others' requests.)
   */
  isOneReading?: true | ((context: DoorContext) => boolean);
  /** What the path names, judged before the body is read. */
  find?(request: Request<At>): Promise<Found | undefined>;
  /** What the caller's day, or its turn, says before query and body are read. */
  admit?(request: Request<At>): Problem | undefined;
  run(
    request: Request<At> & { query: z.output<Query>; body: z.output<Read>; found: Found },
  ): Promise<Outcome> | Outcome;
}

export interface Request<At extends Path = Path> {
  context: DoorContext;
  exchange: Exchange;
  caller: Caller;
  at: { [Name in keyof At]: string };
}

/** A declaration whose types have done their work. */
export type Operation = Declaration<Path, z.ZodObject, z.ZodType, z.ZodType, never>;

/** What serves: the rest is for the reference and the tests, and is not in the bundle (scripts/without-reference.ts). */
type Served = Omit<Operation, "summary" | "description" | "answers" | "problems" | "body"> & {
  body?: Omit<Body, "example">;
};

export const operation = <
  At extends Path = Record<never, never>,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Shown extends z.ZodType = z.ZodUnknown,
  Read extends z.ZodType = Shown,
  Found = undefined,
>(
  declaration: Declaration<At, Query, Shown, Read, Found>,
): Operation => declaration as unknown as Operation;

/** A deed's result as an answer of this status; undefined stays "not found". */
export const answer = <T>(status: Status, result: Result<T | undefined, Problem>): Outcome =>
  result.ok ? ok(result.value === undefined ? undefined : { status, body: result.value }) : result;

/** A value as an answer of this status; undefined is "not found". */
export const give = (status: Status, value: unknown): Outcome => answer(status, ok(value));

/** What is read, and nothing else, is read by read tokens too. */
export const takesReadTokens = ({ method, access, isRefused }: Served): boolean =>
  (method === "GET" || isRefused === true) && access === "tips:read";

/** A page of a list, its rows under that name. */
export const answerPage = (
  name: string,
  page: Result<{ items: readonly unknown[]; next: string | null; more: boolean }, Problem>,
): Outcome => {
  if (!page.ok) return page;
  const { items, next, more } = page.value;
  return give(200, { [name]: items, next, more });
};

export const honoPath = (path: string): string => path.replace(/\{(\w+)\}/g, ":$1");

export const mount = (app: Hono<Door>, declared: Served): void =>
  void app.on(declared.method, honoPath(declared.path), (context) => serve(context, declared));

const noQuery = z.strictObject({});

async function serve(context: DoorContext, operation: Served): Promise<Response> {
  const exchange = context.get("exchange");
  const request = { context, exchange, at: context.req.param() } as unknown as Request;
  if (operation.access === "open") return respond(context, await outcomeOf(request, operation), undefined);
  const shown = await credentialOf(context, takesReadTokens(operation));
  if (!shown.ok) return refuse(context, shown.error);
  const { isOneReading } = operation;
  const serveAs = (caller: Caller, exchange: Exchange, judged?: () => Promise<void>) =>
    serveCaller({ ...request, exchange, caller }, operation, judged);
  const answered =
    isOneReading === true || isOneReading?.(context) ? await serveKnown(exchange, shown.value, serveAs) : undefined;
  if (answered) return answered;
  const caller = await judgeCredential(exchange, shown.value);
  return caller.ok ? serveAs(caller.value, exchange) : refuse(context, caller.error);
}

/** `judged`: throws before anything is answered, where the caller is not who it was. */
async function serveCaller(request: Request, operation: Served, judged?: () => Promise<void>): Promise<Response> {
  const { context, caller } = request;
  try {
    const allowed = await judgeCaller(context, caller, operation.access as Scope | "any");
    const outcome = allowed.ok ? await outcomeOf(request, operation) : allowed;
    await judged?.();
    return await respond(context, outcome, caller.work);
  } finally {
    caller.work.end();
  }
}

async function outcomeOf(request: Request, { access, at, query, body, find, admit, run }: Served): Promise<Outcome> {
  const { context, caller } = request;
  for (const [name, schema] of Object.entries(at ?? {})) {
    if (!schema.safeParse(request.at[name]).success) return ok(undefined);
  }
  const found = await find?.(request);
  if (find && !found) return ok(undefined);
  const refused = admit?.(request);
  if (refused) return err(refused);
  // Pages and metadata are fetched by all kinds of clients, with parameters of their own.
  const asked = access === "open" && !query ? ok({}) : readQuery(context, query ?? noQuery);
  if (!asked.ok) return asked;
  const sent = body && !body.type ? await readBody(context, body.read ?? body.schema, caller?.work) : ok(undefined);
  if (!sent.ok) return sent;
  // A body may have taken its time: what it asks is judged as of now.
  request.exchange = { ...request.exchange, now: Date.now() };
  return run({ ...request, query: asked.value, body: sent.value, found: found as never });
}

/** The context keeps the headers of whatever response it makes: one is made of what is answered alone. */
async function respond(context: DoorContext, outcome: Outcome, work: Work | undefined): Promise<Response> {
  if (!outcome.ok) return refuse(context, outcome.error);
  return outcome.value ? send(context, outcome.value, work) : notFound(context);
}

async function send(context: DoorContext, reply: Reply, work: Work | undefined): Promise<Response> {
  const { status, body, type = "application/json", headers } = reply;
  if (body === undefined) return context.body(null, status, headers);
  if (context.req.method === "HEAD") {
    // Nobody will fetch it: what it holds of the caller's places and of the worker's memory is given up now.
    if (body instanceof ReadableStream) await body.cancel();
    return context.body(null, status, { "content-type": type, ...headers });
  }
  if (body instanceof ReadableStream) return context.body(body, status as 200, { "content-type": type, ...headers });
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return context.body(work && text.length > limits.large.answer_bytes ? inPieces(text, work) : text, status as 200, {
    "content-type": type,
    ...headers,
  });
}

/** Every problem the operation may answer with: what its deed says, and what follows from the declaration. */
export function problemsOf(declared: Operation): Slug[] {
  const { access, at, query, body, problems = [] } = declared;
  const closed = access !== "open";
  return [
    ...(body && !body.type ? (["unreadable"] as const) : []),
    ...(query || closed ? (["malformed-parameter"] as const) : []),
    ...(closed ? (["unauthenticated"] as const) : []),
    ...(closed ? (["missing-scope"] as const) : []),
    ...(at ? (["not-found"] as const) : []),
    ...(body && !body.type ? (["too-large", "unsupported-media-type", "invalid-request"] as const) : []),
    ...problems,
    ...(closed ? (["quota"] as const) : []),
    "rate",
    "unavailable",
    "internal",
  ].filter((slug, index, all) => all.indexOf(slug) === index) as Slug[];
}
