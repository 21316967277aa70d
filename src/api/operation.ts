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
import { ok, type Result } from "../core/result.ts";
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
/** Headers that every answer bears. */
const everywhere = new Set(["x-request-id", "x-content-type-options"]);

async function serve(context: DoorContext, operation: Served): Promise<Response> {
  const exchange = context.get("exchange");
  const request = { context, exchange, at: context.req.param() } as unknown as Request;
  if (operation.access === "open") return judge(request, operation);
  const shown = await credentialOf(context, takesReadTokens(operation));
  if (!shown.ok) return refuse(context, shown.error);
  const { isOneReading } = operation;
  const made: Response[] = [];
  const serveAs = async (caller: Caller, exchange: Exchange) => {
    const response = await serveCaller({ ...request, exchange }, caller, operation);
    made.push(response);
    return response;
  };
  const answered =
    isOneReading === true || isOneReading?.(context) ? await serveKnown(exchange, shown.value, serveAs) : undefined;
  if (answered) return answered;
  // The context would put the headers of an answer that is not given into the next one.
  for (const { headers } of made)
    for (const name of headers.keys()) if (!everywhere.has(name)) context.header(name, undefined);
  const caller = await judgeCredential(exchange, shown.value);
  return caller.ok ? serveAs(caller.value, exchange) : refuse(context, caller.error);
}

async function serveCaller(request: Request, caller: Caller, operation: Served): Promise<Response> {
  const { context } = request;
  try {
    const judged = await judgeCaller(context, caller, operation.access as Scope | "any");
    return judged.ok ? await judge({ ...request, caller }, operation) : refuse(context, judged.error);
  } finally {
    caller.work.end();
  }
}

async function judge(request: Request, { access, at, query, body, find, admit, run }: Served): Promise<Response> {
  const { context, caller } = request;
  for (const [name, schema] of Object.entries(at ?? {})) {
    if (!schema.safeParse(request.at[name]).success) return notFound(context);
  }
  const found = await find?.(request);
  if (find && !found) return notFound(context);
  const refused = admit?.(request);
  if (refused) return refuse(context, refused);
  // Pages and metadata are fetched by all kinds of clients, with parameters of their own.
  const asked = access === "open" && !query ? ok({}) : readQuery(context, query ?? noQuery);
  if (!asked.ok) return refuse(context, asked.error);
  const sent = body && !body.type ? await readBody(context, body.read ?? body.schema, caller?.work) : ok(undefined);
  if (!sent.ok) return refuse(context, sent.error);
  // A body may have taken its time: what it asks is judged as of now.
  request.exchange = { ...request.exchange, now: Date.now() };
  const outcome = await run({ ...request, query: asked.value, body: sent.value, found: found as never });
  if (!outcome.ok) return refuse(context, outcome.error);
  return outcome.value ? send(context, outcome.value, caller?.work) : notFound(context);
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
