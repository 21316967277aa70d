/** The same indicator from two rows becomes one: lists are united, what the first row leaves open the second fills in. */
import type { Indicator } from "../core/indicators/family.ts";
import { keysOf, labelOf } from "../core/indicators/registry.ts";

/** Two indicators with the same identity are the same thing. A picture's sixteen keys say less than its value. */
export function identityOf(indicator: Indicator): string {
  if (indicator.type === "hash" || indicator.type === "ip") return `${indicator.type} ${labelOf(indicator)}`;
  if (indicator.type === "account") {
    // A group and a person of one name are two; an id outranks the handle, which may change hands.
    const name = indicator.id === undefined ? `@${indicator.handle}` : `#${indicator.id}`;
    const space = /^(group|community|event|ad-account)$/.test((indicator.kind as string) ?? "") ? indicator.kind : "";
    return `account ${indicator.platform} ${space} ${name}`;
  }
  return `${indicator.type} ${keysOf(indicator)[0]}`;
}

const lists = ["procedures", "targets", "former_handles", "basis"];

export function merge(first: Indicator, second: Indicator): Indicator {
  const merged: Indicator = { ...second, ...first };
  for (const name of lists) {
    const all = [...((first[name] as string[]) ?? []), ...((second[name] as string[]) ?? [])];
    if (all.length > 0) merged[name] = [...new Set(all)].slice(0, 50);
  }
  if (first.note && second.note && !first.note.includes(second.note))
    merged.note = `${first.note} | ${second.note}`.slice(0, 2_000);
  const control = cautious(first.control, second.control);
  return control ? { ...merged, control } : merged;
}

/** Where rows disagree whose a thing is, the word that protects a bystander stands. */
function cautious(first: Indicator["control"], second: Indicator["control"]): Indicator["control"] {
  const weight = ["compromised", "impersonated", "co-opted", "abused-service", "third-party", "operated", "unknown"];
  return [first, second]
    .filter((control) => control !== undefined)
    .sort((a, b) => weight.indexOf(a) - weight.indexOf(b))[0];
}
