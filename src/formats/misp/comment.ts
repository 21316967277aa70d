/**
 * What MISP has no field for, as lines of an attribute's or object's comment: `tipoff: account`, then `member: value`. People
 * read it, and MISP keeps it, so that an event that went through a MISP still comes back as the indicator it was.
 */
import type { Indicator } from "../../core/indicators/family.ts";

/** Members that are lists of short texts: their items are divided by commas where none holds one. */
const lists = new Set(["procedures", "targets", "basis", "former_handles"]);
const simple = /^[^\s,"[\]{}]+$/;
/** A text that stands for itself on its line: MISP trims, and what looks like JSON would be read as it. */
const plain = /^(?!["[{\d-]|(?:true|false|null)$)\S(?:[^\p{Cc}\u2028\u2029]*\S)?$/u;
const day = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-][\d:]+))?$/;

function textOf(name: string, value: unknown): string {
  if (lists.has(name) && Array.isArray(value) && value.length > 0 && value.every((item) => simple.test(item)))
    return value.join(", ");
  return typeof value === "string" && (plain.test(value) || day.test(value)) ? value : JSON.stringify(value);
}

/** All members but the type and those that are `carried` elsewhere. */
export function writeComment(indicator: Indicator, carried: ReadonlySet<string>): string {
  const lines = [`tipoff: ${indicator.type}`];
  const extensions: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(indicator)) {
    if (name === "type" || value === undefined || carried.has(name)) continue;
    // A name of a stranger's choice may hold anything, colons and line breaks among it.
    if (name.startsWith("x-")) extensions[name] = value;
    else lines.push(`${name}: ${textOf(name, value)}`);
  }
  if (Object.keys(extensions).length > 0) lines.push(`extensions: ${JSON.stringify(extensions)}`);
  return lines.join("\n");
}
