/** JSON Schemas as tables a person reads: a row for each member, those of inner objects with their path. */
import { html } from "hono/html";
import type { JsonSchema } from "./components.ts";
import type { Html } from "./layout.ts";
import { prose } from "./prose.ts";

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1);
const linkTo = (ref: string): Html => html`<a href="#schema-${nameOf(ref)}">${nameOf(ref)}</a>`;
const joined = (parts: Html[], between: string): Html =>
  html`${parts.map((part, index) => (index === 0 ? part : html`${between}${part}`))}`;

export function typeOf(schema: JsonSchema): Html {
  if (schema.$ref) return linkTo(schema.$ref);
  if (schema.contentSchema) return html`${schema.contentEncoding ?? "JSON text"} of ${typeOf(schema.contentSchema)}`;
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum)
    return joined(
      schema.enum.map((value) => html`<code>${String(value)}</code>`),
      " · ",
    );
  const either = schema.oneOf ?? schema.anyOf;
  if (either && !schema.type) return joined(either.map(typeOf), " or ");
  if (schema.type === "array") return html`list of ${typeOf(schema.items ?? {})}`;
  if (typeof schema.additionalProperties === "object") return html`map of ${typeOf(schema.additionalProperties)}`;
  if (schema.title) return html`${schema.title}`;
  const formats = schema.format ?? schema.anyOf?.map((each) => each.format).join(" or ");
  const type = Array.isArray(schema.type) ? schema.type.join(" or ") : (schema.type ?? "anything");
  return formats ? html`${type}, ${formats}` : html`${type}`;
}

/** What else must hold, in words. */
function rulesOf(schema: JsonSchema): string {
  const range = (least: number | undefined, most: number | undefined, what: string) => {
    if (least === undefined && most === undefined) return undefined;
    if (most === undefined) return least === 0 && what ? undefined : `at least ${least}${what}`;
    return least === undefined
      ? `at most ${most}${what}`
      : least === most
        ? `${most}${what}`
        : `${least} to ${most}${what}`;
  };
  return [
    range(schema.minimum, schema.maximum, ""),
    range(schema.minLength, schema.maxLength, " characters"),
    range(schema.minItems, schema.maxItems, " items"),
    schema.default !== undefined ? `${JSON.stringify(schema.default)} where absent` : undefined,
    // What has a name needs no pattern to be understood.
    schema.title || schema.format || !schema.pattern ? undefined : `\`${schema.pattern}\``,
  ]
    .filter((rule) => rule !== undefined)
    .join("; ");
}

interface Row {
  name: string;
  schema: JsonSchema;
  required: boolean;
}

function rowsOf(schema: JsonSchema, prefix = ""): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([member, inner]) => {
    const name = prefix + member;
    const deeper = inner.items?.properties ? rowsOf(inner.items, `${name}[].`) : rowsOf(inner, `${name}.`);
    return [{ name, schema: inner, required: schema.required?.includes(member) ?? false }, ...deeper];
  });
}

export function schemaTable(schema: JsonSchema): Html {
  if (!schema.properties) return html`<p>${typeOf(schema)}</p>`;
  return memberTable(rowsOf(schema), "Member", schema.patternProperties !== undefined);
}

/** `open`: members that begin with `x-` may stand beside these. */
export const memberTable = (rows: readonly Row[], title: string, open = false): Html => html`<table>
<thead><tr><th scope="col">${title}</th><th scope="col">Meaning</th></tr></thead>
<tbody>${rows.map(row)}${
  open ? row({ name: "x-…", required: false, schema: { description: "Your own, up to 4,000 characters each." } }) : ""
}</tbody></table>`;

const row = ({ name, schema, required }: Row): Html => html`<tr>
<td class="name"><code>${name}</code>${required ? html`<span class="must">required</span>` : ""}
<span class="type">${typeOf(schema)}</span></td>
<td>${prose(schema.description ?? "")} <span class="rule">${prose(rulesOf(schema))}</span></td></tr>`;
