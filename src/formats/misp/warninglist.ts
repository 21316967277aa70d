/**
 * MISP warninglists (name, type, list) as values that are everyone's: exact values only, never by a parent, a range that holds
 * them or a pattern, as `core/indicators/common.ts` has it for the exchange. What a list has besides is counted and left out.
 */
import type { Indicator, Sites } from "../../core/indicators/family.ts";
import { readText } from "../../core/indicators/guess.ts";
import { labelOf } from "../../core/indicators/registry.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { parseStrict } from "../../core/strict-json.ts";
import { isObject, textOf } from "./document.ts";

export interface Warninglist {
  name: string;
  values: ReadonlySet<string>;
  /** Entries that are no single value: suffixes, patterns, kinds of hashes that are no type of ours. */
  left_out: number;
}

/** Which indicator stands on which list. */
export interface Listed {
  type: string;
  value: string;
  list: string;
}

export function readWarninglist(text: string, sites: Sites): Result<Warninglist, string> {
  const parsed = parseStrict(new TextEncoder().encode(text.replace(/^\uFEFF/, "")));
  if (!parsed.ok) return err(parsed.error[0]!.detail);
  const document = parsed.value;
  if (!isObject(document) || !Array.isArray(document.list)) return err("This is no MISP warninglist: it has no list.");
  const name = textOf(document.name).slice(0, 200) || "(a list without a name)";
  if (document.type === "regex") return err(`"${name}" holds regular expressions, not values.`);
  const values = new Set<string>();
  let left = 0;
  for (const item of document.list) {
    const read = typeof item === "string" && item.length <= 400 ? readText(item, sites) : undefined;
    const key = read && keyOf(read);
    if (key === undefined) left++;
    else values.add(key);
  }
  return ok({ name, values, left_out: left });
}

export function onLists(indicators: readonly Indicator[], lists: readonly Warninglist[]): Listed[] {
  return indicators.flatMap((indicator) => {
    const key = keyOf(indicator);
    return lists
      .filter(({ values }) => key !== undefined && values.has(key))
      .map(({ name }) => ({ type: indicator.type, value: labelOf(indicator), list: name }));
  });
}

/** A home page is its host. What lies below a host is somebody's. */
function keyOf(indicator: Indicator): string | undefined {
  const { type, value, algorithm } = indicator;
  const home = type === "url" ? /^(?:https|ftp):\/\/([^/?]+)\/$/.exec(String(value))?.[1] : undefined;
  if (home !== undefined) return `domain ${home}`;
  if (type === "hash") return `${algorithm} ${value}`;
  return /^(?:domain|ip|url|email)$/.test(type) && value !== undefined ? `${type} ${value}` : undefined;
}
