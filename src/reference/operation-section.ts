/** One operation on the page: what it is for, its parameters, body, answers and problems, and a line for curl. */
import { html } from "hono/html";
import type { JsonSchema } from "./components.ts";
import type { OpenApi, OperationObject } from "./document.ts";
import type { Html } from "./layout.ts";
import { block, example, prose } from "./prose.ts";
import { memberTable, schemaTable, typeOf } from "./schema-table.ts";

/** An operation of the document with its place. */
export interface Listed {
  method: string;
  path: string;
  declared: OperationObject;
}

export const operationsOf = (document: OpenApi): Listed[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, declared]) => ({ method: method.toUpperCase(), path, declared })),
  );

const problemType = "application/problem+json";
const isProblem = (response: OperationObject["responses"][string]): boolean => problemType in (response.content ?? {});
const scopeOf = ({ security }: OperationObject): string | undefined => security.at(-1)?.dpop?.[0];
const bodyOf = ({ requestBody }: OperationObject) => Object.entries(requestBody?.content ?? {})[0];

export function operationSection(listed: Listed, url: string): Html {
  const { method, path, declared } = listed;
  const { operationId, summary, description, parameters, responses, security } = declared;
  const scope = scopeOf(declared);
  return html`<section>
<h3 id="${operationId}">${summary}</h3>
<p class="route"><code class="method ${method}">${method}</code> <code class="path">${path}</code>
<span class="tag">${security.length === 0 ? "no token" : scope ? `scope ${scope}` : "any token"}</span></p>
${description ? html`<p>${prose(description)}</p>` : ""}
${parameters ? html`<h4>Parameters</h4>${memberTable(parameters.map(memberOf), "Parameter")}` : ""}
${bodySection(declared)}
<h4>curl</h4>${block(curlOf(listed, url))}
<h4>Answers</h4>
${Object.entries(responses)
  .filter(([, each]) => !isProblem(each))
  .map(([status, each]) => answerSection(status, each))}
<h4>Problems</h4><p>${problemLinks(responses)}</p></section>`;
}

const memberOf = ({ name, required, description, schema }: NonNullable<OperationObject["parameters"]>[number]) => ({
  name,
  required,
  schema: { ...schema, description },
});

/** A component is named, and described with the others; what has no name is described here. */
const form = (schema: JsonSchema): Html => (schema.$ref ? html` ${typeOf(schema)}` : schemaTable(schema));

function bodySection(declared: OperationObject): Html | "" {
  const [type, body] = bodyOf(declared) ?? [];
  return body ? html`<h4>Body</h4><p><code>${type}</code></p>${form(body.schema!)}${example(body.example)}` : "";
}

function answerSection(status: string, response: OperationObject["responses"][string]): Html {
  const contents = Object.entries(response.content ?? {});
  return html`<p><strong>${status}</strong> ${prose(response.description)}</p>
${contents.map(
  ([type, { schema, example: value }]) => html`<p><code>${type}</code>${schema?.$ref ? form(schema) : ""}</p>
${schema && !schema.$ref ? form(schema) : ""}${value === undefined ? "" : example(value)}`,
)}`;
}

function problemLinks(responses: OperationObject["responses"]): Html {
  const slugs = Object.values(responses).flatMap((each) => Object.keys(each.content?.[problemType]?.examples ?? {}));
  return html`${slugs.map((slug, index) => html`${index === 0 ? "" : " · "}<a href="#problem-${slug}">${slug}</a>`)}`;
}

function curlOf({ method, path, declared }: Listed, url: string): string {
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => `$${name.toUpperCase()}`);
  const lines = [`curl ${method === "GET" ? "" : `-X ${method} `}"${url}${filled}"`];
  if (scopeOf(declared) === "admin") lines.push(`-H "authorization: DPoP $TOKEN" -H "dpop: $PROOF"`);
  else if (declared.security.length > 0) lines.push(`-H "authorization: Bearer $TOKEN"`);
  const [type, body] = bodyOf(declared) ?? [];
  if (type === "application/json") lines.push(`-H "content-type: ${type}" --data @${declared.operationId}.json`);
  else if (body) {
    for (const [name, value] of Object.entries(body.example as Record<string, string>))
      lines.push(`--data-urlencode "${name}=${name === "client_assertion" ? "$ASSERTION" : value}"`);
  }
  return lines.join(" \\\n  ");
}
