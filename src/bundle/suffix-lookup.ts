/**
 * The public suffix of a host, by a list in a form of our own; a test compares the answers with tldts'. What is below a
 * top-level domain is read when it is first asked for.
 */

type Section = "icann" | "private";

/** A label, and those to its left. */
interface Label {
  /** Of the rule that ends here. */
  section?: Section;
  /** Against a rule that ends in "*": the suffix is what is to the right. */
  exception?: boolean;
  left: Map<string, Label>;
}

/** As tldts gives and takes them. */
interface Asked {
  allowIcannDomains: boolean;
  allowPrivateDomains: boolean;
}
interface Found {
  isIcann: boolean | null;
  isPrivate: boolean | null;
  publicSuffix: string | null;
}

/**
 * By the rules of two texts, each a top-level domain a line. A label is a letter for how much of it is as in the one before
 * it ("@" nothing, "A" one character), and the rest. What is to its left is in "(…)", or in "[…)" where the label itself is no
 * rule; "!" marks an exception. A rule beyond ASCII is one of A-labels too.
 */
export function suffixLookup(icann: string, own: string) {
  const unread = new Map<string, (() => void)[]>();
  const list: Label = { left: new Map() };
  for (const [section, text] of [["icann", icann] as const, ["private", own] as const]) {
    let top = "";
    for (const line of text.split("\n")) {
      const above = top;
      top = labelOf(above, /^[^([]*/.exec(line)![0]);
      for (const form of new Set([top, aLabels(top)]))
        unread.set(form, [...(unread.get(form) ?? []), () => readRules(line, above, section, list)]);
    }
  }

  return function findSuffix(host: string, asked: Asked, found: Found): boolean {
    const names = host.split(".");
    const top = names.at(-1)!;
    for (const read of unread.get(top) ?? []) read();
    unread.delete(top);
    // The rule of most labels prevails; without any it is the last label.
    let first = names.length - 1;
    let rule: Label | undefined;
    let at: Label | undefined = list;
    for (let index = first; index >= 0; index--) {
      const name = names[index]!;
      at = at.left.get(name) ?? (name === "" ? undefined : at.left.get("*"));
      if (!at) break;
      if (
        !(at.section === "icann" && asked.allowIcannDomains) &&
        !(at.section === "private" && asked.allowPrivateDomains)
      )
        continue;
      rule = at;
      first = at.exception ? index + 1 : index;
    }
    found.isIcann = rule?.section === "icann";
    found.isPrivate = rule?.section === "private";
    found.publicSuffix = names.slice(first).join(".");
    return rule?.exception ?? false;
  };
}

/** "Bc" behind "abd" is "abc". */
const labelOf = (before: string, text: string): string => before.slice(0, text.charCodeAt(0) - 64) + text.slice(1);

const aLabels = (host: string): string => (/[^ -~]/.test(host) ? new URL(`http://${host}`).hostname : host);

function readRules(line: string, above: string, section: Section, list: Label): void {
  // From the right; the last label is the one before.
  const path = [above];
  for (const [, text, open] of line.matchAll(/([@-Z][^@-Z()[]*)([([]?)|\)/g)) {
    if (text === undefined) {
      path.pop();
      continue;
    }
    path.push(labelOf(path.pop()!, text));
    if (open !== "[") addRule(path.toReversed().join("."), section, list);
    if (open) path.push("");
  }
}

function addRule(text: string, section: Section, list: Label): void {
  const exception = text.startsWith("!");
  const rule = exception ? text.slice(1) : text;
  for (const form of new Set([rule, aLabels(rule)])) {
    let at = list;
    for (const name of form.split(".").reverse()) {
      const next: Label = at.left.get(name) ?? { left: new Map() };
      at.left.set(name, next);
      at = next;
    }
    at.section = section;
    at.exception = exception;
  }
}
