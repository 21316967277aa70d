/** A MISP object as the account or post that its template stands for, ours or somebody else's; of other templates each attribute. */
import { readComment } from "../comment.ts";
import type { Context } from "../reading.ts";
import { canonical, faultsOf } from "../value.ts";
import { isDeleted, type Json, listOf, textOf, timeOf } from "./document.ts";
import { type Found, marksOf, readForeign } from "./foreign.ts";
import { readOwnComment } from "./read-comment.ts";
import { type Template, templates } from "./templates.ts";

export function readObject(object: Json, context: Context): Found {
  const { sites } = context;
  const attributes = listOf(object.Attribute).filter((attribute) => !isDeleted(attribute));
  const template = templates.find(({ name }) => name === object.name);
  if (!template) return eachOf(object, attributes, context);
  const own = readOwnComment(textOf(object.comment));
  const held = heldBy(template, attributes);
  const members = own
    ? { ...held, ...(template.platform !== undefined && { platform: template.platform }), ...marksOf(object), ...own }
    : foreignMembers(template, held, attributes, object, context.platform);
  const indicator = canonical(members, sites);
  if (!indicator) {
    const words = textOf(
      attributes.find(({ object_relation }) => /^post(?:-content)?$/.test(String(object_relation)))?.value,
    );
    return words === "" ? { reason: faultsOf(members, sites) } : { text: words };
  }
  const said = own ? {} : readComment(textOf(object.comment), undefined)(indicator);
  return { indicators: [{ ...said, ...indicator }] };
}

function heldBy(template: Template, attributes: readonly Json[]): Record<string, unknown> {
  const held: Record<string, unknown> = {};
  for (const [member, relation] of Object.entries(template.relations)) {
    const value = textOf(attributes.find(({ object_relation }) => object_relation === relation)?.value);
    if (value === "") continue;
    if (member === "followers") {
      const count = Number(value);
      if (Number.isSafeInteger(count)) held[member] = count;
    } else held[member] = member === "created_at" ? timeOf(value) : value;
  }
  return held;
}

/** Others fill relations in as they find: an address under `url`, a page's name where its id belongs. */
function foreignMembers(
  template: Template,
  held: Record<string, unknown>,
  attributes: readonly Json[],
  object: Json,
  platform: string | undefined,
): Record<string, unknown> & { type: string } {
  const members: Record<string, unknown> & { type: string } = {
    type: template.type,
    ...(template.platform !== undefined && { platform: template.platform }),
    ...(template.kind !== undefined && { kind: template.kind }),
    ...held,
    ...marksOf(object),
  };
  const address = attributes.find(({ object_relation }) => object_relation === "url");
  members.url ??= textOf(address?.value) || undefined;
  for (const name of ["handle", "author"]) {
    const value = members[name];
    if (typeof value !== "string" || !/[\s/]/.test(value)) continue;
    if (name === "handle") members.display_name ??= value.slice(0, 256);
    delete members[name];
  }
  if (template.name === "facebook-page" && typeof members.id === "string" && !/^\d+$/.test(members.id)) {
    members.handle ??= members.id;
    delete members.id;
  }
  if (members.url === undefined) delete members.url;
  // What a template lets people choose that is no platform.
  if (/^(?:forum|other|ldap|nis|openid|radius|tacacs|unix|windows-\w+)$/i.test(String(members.platform)))
    delete members.platform;
  members.platform ??= platform ?? members.url ?? "";
  return members;
}

/** `file`, `domain-ip`, `url`, `email` and whatever else there is: what of it has a type is read, the rest describes it. */
function eachOf(object: Json, attributes: readonly Json[], { sites }: Context): Found {
  const filename = textOf(attributes.find(({ type }) => type === "filename")?.value).slice(0, 256);
  const comment = textOf(object.comment);
  const indicators = attributes.flatMap((attribute) => {
    const found = readForeign({ ...attribute, comment: textOf(attribute.comment) || comment }, sites);
    return "indicators" in found ? found.indicators : [];
  });
  if (indicators.length === 0) {
    const name = /^[\w-]{1,40}$/.test(String(object.name)) ? `the object ${object.name}` : "this object";
    return { reason: `Nothing in ${name} is of a type of ours.` };
  }
  return {
    indicators: indicators.map((found) =>
      found.type === "hash" && filename !== "" && found.filename === undefined ? { ...found, filename } : found,
    ),
  };
}
