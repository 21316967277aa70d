/**
 * Writes src/core/indicators/suffix-list.ts: the public suffix list as tldts has it. tldts keeps it as an automaton, which is
 * a quarter larger in the Worker's bundle. Run it after an update of tldts; a test compares the two.
 */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

interface Automaton {
  /** What a node is: 1 a rule of the ICANN section, 2 of the private one, 0 only on the way to one. */
  nodeFlags: Uint8Array;
  /** Edges of node n: from edgeStart[n] up to edgeStart[n + 1]; their labels lie in labelText one behind the other. */
  edgeStart: Uint16Array;
  edgeLength: Uint8Array;
  edgeChild: Uint16Array;
  labelText: string;
  rulesRoot: number;
  exceptionsRoot: number;
}

/** Labels below one label. */
interface Tree {
  rule: boolean;
  below: Map<string, Tree>;
}

const { nodeFlags, edgeStart, edgeLength, edgeChild, labelText, rulesRoot, exceptionsRoot } = createRequire(
  import.meta.url,
)("tldts/dist/cjs/src/data/trie.js") as Automaton;
const labelAt: string[] = [];
for (let edge = 0, at = 0; edge < edgeLength.length; at += edgeLength[edge++]!)
  labelAt.push(labelText.slice(at, at + edgeLength[edge]!));

/** Every rule of a section, its labels from the right; an exception's last label begins with "!". */
function rulesOf(section: number, node: number, mark = "", above: readonly string[] = []): string[][] {
  const rules: string[][] = [];
  for (let edge = edgeStart[node]!; edge < edgeStart[node + 1]!; edge++) {
    const child = edgeChild[edge]!;
    if (nodeFlags[child]! & section) rules.push([...above, mark + labelAt[edge]]);
    rules.push(...rulesOf(section, child, mark, [...above, labelAt[edge]!]));
  }
  return rules;
}

function textOf({ below }: Tree, between: string): string {
  const parts = [...below].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return parts
    .map(([label, tree]) => (tree.below.size === 0 ? label : `${label}${tree.rule ? "(" : "["}${textOf(tree, ",")})`))
    .join(between);
}

function sectionOf(section: number): string {
  const root: Tree = { rule: false, below: new Map() };
  for (const labels of [...rulesOf(section, rulesRoot), ...rulesOf(section, exceptionsRoot, "!")]) {
    let tree = root;
    for (const label of labels) {
      const inner = tree.below.get(label) ?? { rule: false, below: new Map() };
      tree.below.set(label, inner);
      tree = inner;
    }
    tree.rule = true;
  }
  return textOf(root, "\n");
}

export const suffixListText =
  (): string => `/** The public suffix list. Made by scripts/suffix-list.ts: change nothing here. */

/** Rules from their right end: "ac(com,edu)" is ac, com.ac and edu.ac; with "[" the first is none; "!" marks an exception. */
export const icannRules = \`
${sectionOf(1)}
\`;

export const privateRules = \`
${sectionOf(2)}
\`;
`;

if (process.argv[1] === import.meta.filename)
  writeFileSync(path.join(import.meta.dirname, "../src/core/indicators/suffix-list.ts"), suffixListText());
