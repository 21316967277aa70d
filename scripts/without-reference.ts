/**
 * A source without what only the reference is made of: that is built into files beside the Worker, where no request reads it.
 * What is left does the same. What nobody uses then, the bundler leaves out by itself.
 */
import { type ESTree, parseSync, Visitor } from "rolldown/utils";

/** Of a declaration, and of a body that is written in it. `Served` (src/api/operation.ts) is the type of what the Worker uses: none of them. */
const shown = ["summary", "description", "answers", "problems"];
const shownOfBody = ["example"];

interface Edit {
  start: number;
  end: number;
  text: string;
}

export function withoutReference(file: string, source: string): string {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be read: ${errors[0]!.message}`);
  const edits: Edit[] = unusedAreGone(program);
  new Visitor({
    CallExpression({ callee, arguments: [first, second], end }) {
      if (callee.type === "Identifier" && callee.name === "operation" && first?.type === "ObjectExpression") {
        edits.push(...without(first, shown));
        const body = membersOf(first).find((member) => nameOf(member) === "body");
        if (body?.value.type === "ObjectExpression") edits.push(...without(body.value, shownOfBody));
      }
      // Words on a schema: `schema.describe("…")`, `schema.meta({ … })`.
      if (callee.type === "MemberExpression" && first && !second && ["describe", "meta"].includes(wordOf(callee)))
        edits.push({ start: callee.object.end, end, text: "" });
    },
  }).visit(program);
  return edited(source, edits);
}

const membersOf = ({ properties }: ESTree.ObjectExpression) => properties.filter((each) => each.type === "Property");
const nameOf = ({ key }: ESTree.ObjectProperty) => (key.type === "Identifier" ? key.name : undefined);
const wordOf = ({ property }: ESTree.MemberExpression) => (property.type === "Identifier" ? property.name : "");

/** Each goes with the comma behind it, up to the next or the closing brace. */
const without = (object: ESTree.ObjectExpression, names: readonly string[]): Edit[] =>
  object.properties.flatMap((property, at, all) =>
    property.type === "Property" && names.includes(nameOf(property) ?? "")
      ? { start: property.start, end: all[at + 1]?.start ?? object.end - 1, text: "" }
      : [],
  );

/** Constants of a module are values, made without effects: the bundler may drop one that is not used, and cannot know it. */
const unusedAreGone = ({ body }: ESTree.Program): Edit[] =>
  body
    .map((statement) => (statement.type === "ExportNamedDeclaration" ? statement.declaration : statement))
    .flatMap((statement) => (statement?.type === "VariableDeclaration" ? statement.declarations : []))
    .flatMap(({ init }) =>
      init?.type === "CallExpression" || init?.type === "ObjectExpression"
        ? [
            { start: init.start, end: init.start, text: "/* @__PURE__ */ (() => (" },
            { start: init.end, end: init.end, text: "))()" },
          ]
        : [],
    );

/** Edits within what another removes are gone with it. */
function edited(source: string, edits: readonly Edit[]): string {
  let text = "";
  let at = 0;
  for (const edit of edits.toSorted((one, other) => one.start - other.start || one.end - other.end)) {
    if (edit.start < at) continue;
    text += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at);
}
