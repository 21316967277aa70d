/**
 * Holds every answer the tests receive against what the reference promises of that operation and status: its schema, strictly,
 * its media type, its headers, the problems it may answer with. An undocumented member or problem fails the test that met it.
 */
import type * as z from "zod";
import { problemSchema } from "../../src/api/answers/problem.ts";
import { taxiiErrorSchema, taxiiType } from "../../src/api/answers/taxii-error.ts";
import { type AnswerPromise, type Operation, problemsOf, type Status } from "../../src/api/operation.ts";
import { problems, type Slug } from "../../src/core/problem.ts";
import { operations } from "../../src/operations.ts";
import { type Answer, url } from "./http.ts";

const patterns = operations.map((operation) => ({
  operation,
  path: new RegExp(
    `^${operation.path
      .replaceAll(".", "\\.")
      .replace(/\{\w+\}/g, "[^/]+")
      .replace(/\/$/, "")}/?$`,
  ),
}));

const operationOf = (method: string, path: string): Operation | undefined =>
  patterns.find((known) => known.operation.method === method && known.path.test(path.split("?")[0]!))?.operation;

export function assertPromised(method: string, path: string, answer: Answer): void {
  const declared = operationOf(method, path);
  const type = answer.headers.get("content-type");
  const faults = answer.headers.get("x-request-id") ? [] : ["x-request-id is missing"];
  if (type === taxiiType && answer.status >= 400) faults.push(...taxiiFaults(declared, answer));
  else if (type === "application/problem+json") faults.push(...problemFaults(declared, answer));
  else if (declared) faults.push(...answerFaults(declared.answers[answer.status as Status], answer, type));
  else faults.push("there is no such operation");
  if (faults.length > 0)
    throw new Error(`${method} ${path} answered ${answer.status}, and the reference lies: ${faults.join("; ")}.`);
}

const schemaFaults = (schema: z.ZodType, body: unknown): string[] =>
  schema.safeParse(body).error?.issues.map((issue) => `/${issue.path.join("/")}: ${issue.message}`) ?? [];

function answerFaults(promised: AnswerPromise | undefined, answer: Answer, type: string | null): string[] {
  if (!promised) return ["this status is not declared"];
  if (promised.also && type === promised.also.type) return schemaFaults(promised.also.schema, answer.body);
  const stated = promised.type ?? (promised.schema ? "application/json" : null);
  return [
    ...(type === stated || promised.others?.includes(type ?? "") ? [] : [`its type is ${type}, not ${stated}`]),
    ...(promised.schema ? schemaFaults(promised.schema, answer.body) : []),
    ...(promised.each ? eachFaults(promised.each, answer.body) : []),
    ...missing(answer, Object.keys(promised.headers ?? {})),
  ];
}

/** Of a stream's text: what each event's `data` holds. */
const eachFaults = (schema: z.ZodType, text: string): string[] =>
  [...text.matchAll(/^data: (.*)$/gm)].flatMap(([, data]) => schemaFaults(schema, JSON.parse(data!)));

function problemFaults(declared: Operation | undefined, answer: Answer): string[] {
  const { type, status, title } = answer.body;
  const slug = String(type).slice(`${url}/problems/`.length) as Slug;
  if (type !== `${url}/problems/${slug}` || !(slug in problems)) return [`${type} is no problem`];
  const known: readonly Slug[] = declared ? problemsOf(declared) : ["not-found", "rate"];
  const same = answer.status === status && status === problems[slug].status && title === problems[slug].title;
  return [
    ...schemaFaults(problemSchema, answer.body),
    ...(same ? [] : ["status or title is another problem's"]),
    ...(known.includes(slug) ? [] : [`${slug} is not declared`]),
    ...missing(answer, status === 401 || slug === "missing-scope" ? ["www-authenticate"] : []),
    ...missing(answer, status === 429 || status === 503 ? ["retry-after"] : []),
  ];
}

/** The problem that an error message of TAXII tells of. */
export function problemIn({
  external_details: type,
  title,
  description: detail,
  http_status,
  details,
}: Answer["body"]) {
  return { type, title, status: Number(http_status), detail, ...(details && { faults: details.faults }) };
}

const taxiiFaults = (declared: Operation | undefined, answer: Answer): string[] => [
  ...schemaFaults(taxiiErrorSchema, answer.body),
  ...problemFaults(declared, { ...answer, body: problemIn(answer.body) }),
];

const missing = (answer: Answer, headers: readonly string[]): string[] =>
  headers.filter((header) => !answer.headers.get(header)).map((header) => `${header} is missing`);
