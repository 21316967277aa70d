/**
 * An indicator as MISP's attributes: one, or the parts of an object where a template stands for it. What an attribute's value
 * does not hold is in the comment, so that nothing is lost. `to_ids`, MISP's word for "block this by machine", is set only for
 * what the operation runs and nobody else uses.
 */
import { isCommon } from "../../core/indicators/common.ts";
import type { Indicator } from "../../core/indicators/family.ts";
import { labelOf } from "../../core/indicators/registry.ts";
import { type Template, templates } from "./templates.ts";

/** Type, category and value, before ids and times are given. */
export interface Part {
  type: string;
  category: string;
  value: string;
  relation?: string;
  /** Whether it names the thing, and so may be blocked or correlated. */
  identifies: boolean;
}

export interface Shape {
  template?: Template;
  parts: Part[];
  /** The members that the parts hold. */
  carried: Set<string>;
}

const servers = /^(?:brand-site|redirector|landing|c2|publisher|state-media)$/;
const shared = /^(?:vpn|proxy|tor|cdn|mobile)$/;
/** What others use, say or are called too. */
const everyones = /^(?:hashtag|phrase|name)$/;

/** For everything else a person must look: that is what DESIGN.md's `control` is for. */
export const isForMachines = (indicator: Indicator): boolean =>
  indicator.control === "operated" &&
  !shared.test(String(indicator.service)) &&
  !everyones.test(indicator.type) &&
  indicator.digest === undefined &&
  indicator.algorithm !== "pdq" &&
  !isCommon(indicator);

export function shapeOf(indicator: Indicator): Shape {
  if (indicator.type === "account" || indicator.type === "post") {
    for (const template of templates) {
      const shape = template.type === indicator.type ? inTemplate(indicator, template) : undefined;
      if (shape) return shape;
    }
  }
  const [type, category, carried, value = labelOf(indicator)] = plainOf(indicator);
  return { parts: [{ type, category, value, identifies: true }], carried: new Set(carried) };
}

/** How many attributes an indicator's object has; 0 where it is an attribute by itself. */
export const partsOf = (indicator: Indicator): number => {
  const { template, parts } = shapeOf(indicator);
  return template ? parts.length : 0;
};

/** Undefined where the template is for others, or none of its relations would name the thing. */
function inTemplate(indicator: Indicator, template: Template): Shape | undefined {
  const { platform, kind = "profile" } = indicator;
  if (template.platform !== undefined && template.platform !== platform) return undefined;
  if (template.type === "account" && !(template.kinds ?? [template.kind ?? "profile"]).includes(String(kind)))
    return undefined;
  const carried = new Set<string>();
  const parts: Part[] = [];
  for (const [member, relation] of Object.entries(template.relations)) {
    const value = indicator[member];
    if (value === undefined || (member === "platform" && value === "*")) continue;
    // MISP trims, and refuses what is nothing then.
    if (String(value) !== String(value).trim()) continue;
    // MISP writes a time its own way; a day is known again.
    if (member === "created_at" && !/^\d{4}-\d{2}-\d{2}$/.test(String(value))) continue;
    const identifies = /^(?:id|handle|url)$/.test(member);
    parts.push({ ...typeOf(template, member), value: String(value), relation, identifies });
    carried.add(member);
  }
  if (!parts.some(({ identifies }) => identifies)) return undefined;
  if (template.platform !== undefined) carried.add("platform");
  return { template, parts, carried };
}

function typeOf(template: Template, member: string): { type: string; category: string } {
  if (member === "url") return { type: "link", category: "External analysis" };
  if (member === "created_at") return { type: "datetime", category: "Other" };
  if (template.name === "github-user" && member === "handle")
    return { type: "github-username", category: "Social network" };
  return { type: "text", category: "Other" };
}

type Plain = [type: string, category: string, carried: string[], value?: string];

function plainOf(indicator: Indicator): Plain {
  const { type, value, digest, algorithm, filename, chain, id, role } = indicator;
  if (digest !== undefined) return ["other", "Other", []];
  switch (type) {
    case "domain":
    case "url":
      return [type, "Network activity", ["value"]];
    case "ip":
      return [servers.test(String(role)) ? "ip-dst" : "ip-src", "Network activity", ["value"]];
    case "hash":
      if (algorithm === "pdq") return ["other", "Other", ["value"], String(value)];
      // A composite value has one bar, and MISP takes no line break in it.
      if (typeof filename === "string" && /^[^|\p{Cc}\s](?:[^|\p{Cc}]*[^|\p{Cc}\s])?$/u.test(filename))
        return [
          `filename|${algorithm}`,
          "Payload delivery",
          ["filename", "algorithm", "value"],
          `${filename}|${value}`,
        ];
      return [String(algorithm), "Payload delivery", ["algorithm", "value"], String(value)];
    case "email":
      return ["email-src", "Social network", ["value"]];
    case "phone":
      return ["phone-number", "Other", ["value"]];
    case "app":
      return ["mobile-application-id", "Payload delivery", ["id"], String(id)];
    case "wallet":
      if (chain === "bitcoin") return ["btc", "Financial fraud", ["chain", "id"], String(id)];
      if (chain === "monero") return ["xmr", "Financial fraud", ["chain", "id"], String(id)];
      return ["other", "Financial fraud", ["id"], String(id)];
    case "hashtag":
      return ["text", "Social network", ["value"]];
    case "phrase":
    case "name":
      return ["text", "Other", ["value"], String(value)];
    default:
      return ["other", "Social network", []];
  }
}
