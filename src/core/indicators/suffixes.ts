/**
 * What of a host name is its public suffix, and what its registrable domain, by the public suffix list with its private
 * section. The answers are those of tldts, of which all is used but its form of the list: this one is smaller.
 */
import { getEmptyResult, type IPublicSuffix, type IResult, parseImpl } from "tldts-core";
import { icannRules, privateRules } from "./suffix-list.ts";

/** A label, and what the list says of it below those to its right. */
interface Label {
  /** The section of the rule that ends here. */
  rule?: "icann" | "private";
  /** Against a rule that ends in "*": the suffix is what is to the right. */
  exception?: true;
  left: Map<string, Label>;
}

/** Of a host, or a URL's. */
export const parseHost = (text: string): IResult =>
  parseImpl(text, 5 /* all members */, findSuffix, { allowPrivateDomains: true }, getEmptyResult());

/** A section's rules by their last label. */
const byTop = (rules: string): Map<string, string> =>
  new Map(
    rules
      .trim()
      .split("\n")
      .map((line) => [/^[^([]*/.exec(line)![0], line]),
  );
const sections = [["icann", byTop(icannRules)] as const, ["private", byTop(privateRules)] as const];
const tops = new Map<string, Label>();

/** What the list says below the last label of a host, read when it is first asked for. */
function topOf(name: string): Label | undefined {
  const known = tops.get(name);
  if (known) return known;
  const above: Label = { left: new Map() };
  for (const [section, lines] of sections) readRules(above, section, lines.get(name) ?? "");
  const top = above.left.get(name);
  if (top) tops.set(name, top);
  return top;
}

function readRules(above: Label, rule: Label["rule"], line: string): void {
  const right = [above];
  for (const [, mark, name, open] of line.matchAll(/(!?)([^,()[]+)([([]?)|\)/g)) {
    if (name === undefined) {
      right.pop();
      continue;
    }
    const { left } = right.at(-1)!;
    const label: Label = left.get(name) ?? { left: new Map() };
    left.set(name, label);
    if (open !== "[") label.rule = rule;
    if (mark) label.exception = true;
    if (open) right.push(label);
  }
}

/** The rule of most labels prevails; without any it is the last label. */
function findSuffix(host: string, _options: unknown, out: IPublicSuffix): boolean {
  const labels = host.split(".");
  let first = labels.length - 1;
  let at = topOf(labels[first]!);
  let found = at?.rule && at;
  for (let index = first - 1; index >= 0 && at; index--) {
    const name = labels[index]!;
    at = at.left.get(name) ?? (name === "" ? undefined : at.left.get("*"));
    if (!at?.rule) continue;
    found = at;
    first = at.exception ? index + 1 : index;
  }
  out.isIcann = found?.rule === "icann";
  out.isPrivate = found?.rule === "private";
  out.publicSuffix = labels.slice(first).join(".");
  return found?.exception ?? false;
}
