/** The public suffix list of tldts as the texts that the Worker has it in (src/bundle/suffix-lookup.ts). */
import { createRequire } from "node:module";

/** As tldts keeps it. Edges of node n are from edgeStart[n] up to edgeStart[n + 1]; their labels lie one behind the other. */
interface Trie {
  nodeFlags: Uint8Array;
  edgeStart: Uint16Array;
  edgeLength: Uint8Array;
  edgeChild: Uint16Array;
  labelText: string;
  rulesRoot: number;
  exceptionsRoot: number;
}

export const listed = createRequire(import.meta.url)("tldts/dist/cjs/src/data/trie.js") as Trie;

export interface Rule {
  /** From the right. */
  labels: readonly string[];
  /** 1: ICANN, 2: private. */
  section: number;
}

/** Every rule below a node. */
export function rulesOf(trie: Trie, root: number): Rule[] {
  const labels: string[] = [];
  for (let edge = 0, at = 0; edge < trie.edgeLength.length; at += trie.edgeLength[edge++]!)
    labels.push(trie.labelText.slice(at, at + trie.edgeLength[edge]!));
  const below = (node: number, right: readonly string[]): Rule[] =>
    labels.slice(trie.edgeStart[node], trie.edgeStart[node + 1]).flatMap((label, at) => {
      const child = trie.edgeChild[trie.edgeStart[node]! + at]!;
      const path = [...right, label];
      const section = trie.nodeFlags[child]!;
      return [...(section === 0 ? [] : [{ labels: path, section }]), ...below(child, path)];
    });
  return below(root, []);
}

/** Sorted, so that much of a label is in the one before it. */
function packed(rules: readonly (readonly string[])[], between = ""): string {
  let before = "";
  return [...Map.groupBy(rules, ([first]) => first!)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([label, all]) => {
      // "Z" is the last letter.
      let shared = 0;
      while (shared < 26 && shared < label.length && label[shared] === before[shared]) shared++;
      before = label;
      const left = all.map((rule) => rule.slice(1)).filter((rule) => rule.length > 0);
      const inner = left.length > 0 ? `${left.length < all.length ? "(" : "["}${packed(left)})` : "";
      return String.fromCharCode(64 + shared) + label.slice(shared) + inner;
    })
    .join(between);
}

/** The rules of a section; those beyond ASCII are there as A-labels too, which are worked out again. */
const textOf = (section: number): string =>
  packed(
    rules.filter((rule) => rule.section === section && !/xn--/.test(rule.labels.join())).map(({ labels }) => labels),
    "\n",
  );

const rules = [
  ...rulesOf(listed, listed.rulesRoot),
  ...rulesOf(listed, listed.exceptionsRoot).map(({ labels, section }) => ({
    labels: labels.with(-1, `!${labels.at(-1)}`),
    section,
  })),
];
export const icannRules = textOf(1);
export const privateRules = textOf(2);
