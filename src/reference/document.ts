/** The OpenAPI 3.1 document, made from the declarations alone. */

import { problemSchema } from "../api/answers/problem.ts";
import { examples } from "../api/examples.ts";
import { type AnswerPromise, type Operation, problemsOf, tags, takesReadTokens } from "../api/operation.ts";
import { decoded } from "../api/tips/sample.ts";
import { audienceSchema, withdrawalSchema } from "../core/audience.ts";
import { feedbackSchema } from "../core/feedback.ts";
import { problems, type Slug } from "../core/problem.ts";
import { purposeSchema } from "../core/purpose.ts";
import { tipSchema } from "../core/tip.ts";
import { type Described, describe, type JsonSchema } from "./components.ts";
import { scopeMeanings, summary, tagMeanings } from "./guide.ts";
import { problemWords } from "./problem-words.ts";

export interface OpenApi {
  openapi: string;
  info: Record<string, unknown>;
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, OperationObject>>;
  components: {
    schemas: Record<string, JsonSchema>;
    examples: Record<string, { summary: string; value: unknown }>;
  } & Record<string, Record<string, unknown>>;
}

export interface Parameter {
  name: string;
  in: "path" | "query";
  required: boolean;
  description?: string;
  schema: JsonSchema;
}
type Content = Record<string, { schema?: JsonSchema; example?: unknown; examples?: Record<string, { $ref: string }> }>;
export interface OperationObject {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { required: true; content: Content };
  responses: Record<string, { description: string; headers: Record<string, unknown>; content?: Content }>;
}

/** Payloads of signed documents, which no request shows bare. */
const documents = {
  tip: tipSchema,
  audience: audienceSchema,
  withdrawal: withdrawalSchema,
  feedback: feedbackSchema,
  purpose: purposeSchema,
};

export function makeDocument(operations: readonly Operation[], url: string): OpenApi {
  const described = describe(
    Object.assign({}, documents, ...operations.map((each) => each.body && { [`${each.id} body`]: each.body.schema })),
    Object.assign({ problem: problemSchema }, ...operations.map(outputsOf)),
  );
  const paths: OpenApi["paths"] = {};
  for (const each of operations) {
    paths[each.path] ??= {};
    paths[each.path]![each.method.toLowerCase()] = operationObject(each, described);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Tipoff",
      version: "1",
      description: summary,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url }],
    tags: tags.map((name) => ({ name, description: tagMeanings[name] })),
    paths,
    components: {
      schemas: withExamples(described.components),
      examples: Object.fromEntries(
        (Object.keys(problems) as Slug[]).map((slug) => [
          slug,
          { summary: problems[slug].title, value: problemExample(slug, url) },
        ]),
      ),
      headers: {
        "x-request-id": {
          description: "Quote it when you report a fault.",
          schema: { type: "string", format: "uuid" },
        },
        "retry-after": { description: "Seconds to wait.", schema: { type: "integer" } },
        "www-authenticate": { description: "How to authenticate (RFC 9110).", schema: { type: "string" } },
      },
      securitySchemes: {
        oauth2: {
          type: "oauth2",
          description: "Client credentials with `private_key_jwt` (RFC 7523); the token is sent as `Bearer`.",
          flows: { clientCredentials: { tokenUrl: `${url}/oauth/token`, scopes: scopeMeanings } },
        },
        readToken: {
          type: "http",
          scheme: "basic",
          description:
            "A read token as the password, of any user name; also `authorization: Bearer <read token>` or `Token <read token>`. Of law enforcement bound to a purpose and to source addresses.",
        },
        dpop: {
          type: "http",
          scheme: "dpop",
          description:
            "The same token bound to a key (RFC 9449): `authorization: DPoP <token>` and a fresh proof in the header `dpop` on each request. Law enforcement and the scope `admin` sign in this way alone.",
        },
      },
    },
  };
}

function outputsOf({ id, at, query, answers }: Operation) {
  const named = (kind: string, shape: object) =>
    Object.entries(shape).map(([name, schema]) => [`${id} ${kind} ${name}`, schema]);
  return Object.fromEntries([
    ...named("at", at ?? {}),
    ...named("query", query?.shape ?? {}),
    ...Object.entries(answers).flatMap(([status, promised]) => [
      ...(promised.schema ? [[`${id} ${status}`, promised.schema]] : []),
      ...(promised.also ? [[`${id} ${status} also`, promised.also.schema]] : []),
    ]),
  ]);
}

function operationObject(each: Operation, { inputs, outputs }: Described): OperationObject {
  const { id, tag, access, summary, description, at, query, body, answers } = each;
  const parameter = (name: string, place: "path" | "query", key: string): Parameter => {
    const { description, ...schema } = outputs[key]!;
    return { name, in: place, required: place === "path", ...(description && { description }), schema };
  };
  const parameters = [
    ...Object.keys(at ?? {}).map((name) => parameter(name, "path", `${id} at ${name}`)),
    ...Object.keys(query?.shape ?? {}).map((name) => parameter(name, "query", `${id} query ${name}`)),
  ];
  const needed = access === "any" ? [] : [access];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description && { description }),
    // The steward's tokens are bound to a key.
    security:
      access === "open"
        ? []
        : [
            ...(access === "admin" ? [] : [{ oauth2: needed }]),
            ...(takesReadTokens(each) ? [{ readToken: [] }] : []),
            { dpop: needed },
          ],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: { [body.type ?? "application/json"]: { schema: inputs[`${id} body`]!, example: body.example } },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, promised]) => [
          status,
          answerObject(promised, `${id} ${status}`, outputs),
        ]),
      ),
      ...problemObjects(problemsOf(each)),
    },
  };
}

const header = (name: string) => ({ [name]: { $ref: `#/components/headers/${name}` } });

function answerObject(promised: AnswerPromise, key: string, outputs: Described["outputs"]) {
  const { description, schema, type, example, also, others = [], headers = {} } = promised;
  const content: Content = {
    ...((schema || type) && {
      [type ?? "application/json"]: {
        ...(schema && { schema: outputs[key]! }),
        ...(example !== undefined && { example }),
      },
    }),
    ...Object.fromEntries(others.map((other) => [other, {}])),
    ...(also && { [also.type]: { schema: outputs[`${key} also`]!, example: also.example } }),
  };
  const own = Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: "string" } }]);
  return {
    description,
    headers: { ...header("x-request-id"), ...Object.fromEntries(own) },
    ...(Object.keys(content).length > 0 && { content }),
  };
}

/** The problems of an operation by status, each with its example. */
function problemObjects(slugs: readonly Slug[]): OperationObject["responses"] {
  const objects: OperationObject["responses"] = {};
  for (const status of new Set(slugs.map((slug) => problems[slug].status))) {
    const these = slugs.filter((slug) => problems[slug].status === status);
    objects[status] = {
      description: these.map((slug) => problems[slug].title).join("; "),
      headers: {
        ...header("x-request-id"),
        ...((status === 401 || status === 403) && header("www-authenticate")),
        ...((status === 429 || status === 503) && header("retry-after")),
      },
      content: {
        "application/problem+json": {
          schema: { $ref: "#/components/schemas/Problem" },
          examples: Object.fromEntries(these.map((slug) => [slug, { $ref: `#/components/examples/${slug}` }])),
        },
      },
    };
  }
  return objects;
}

function problemExample(slug: Slug, url: string) {
  const { status, title } = problems[slug];
  const { remedy: _remedy, ...example } = problemWords[slug];
  return { type: `${url}/problems/${slug}`, title, status, ...example };
}

/** The sample tip, its audience, its withdrawal and feedback on it, decoded, where their form is described. */
function withExamples(components: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const shown = {
    TipDocument: examples.tip,
    Audience: examples.audience,
    Withdrawal: examples.withdrawal,
    Feedback: examples.feedback,
  };
  for (const [id, envelope] of Object.entries(shown)) components[id]!.examples = [decoded(envelope)];
  return components;
}
