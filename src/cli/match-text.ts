/** Answers to questions as lines for people. */
import type { MatchAnswer, Question } from "../client/match.ts";
import { labelOf } from "../core/indicators/registry.ts";
import { table } from "./terminal.ts";

export function matchText(asked: readonly Question[], answers: readonly MatchAnswer[]): string[] {
  const labels = asked.map((question) => (typeof question === "string" ? question : labelOf(question as never)));
  const rows = (list: "hits" | "context") =>
    answers.flatMap((answer, position) =>
      answer[list].map((found) => [
        labels[position],
        found.how + (found.distance === undefined ? "" : ` (distance ${found.distance})`),
        labelOf(found.indicator),
        found.control,
        found.from,
        found.operation.name,
        `TLP:${found.tlp}${found.embargo ? ` embargo ${found.embargo.until}` : ""}${found.human_review ? " human review" : ""}${found.disputed ? " disputed" : ""}${found.appealed ? " appealed" : ""}${found.state ? ` ${found.state}` : ""}${found.common ? " common" : ""}`,
        found.through,
        found.tip,
        found.ordinal,
      ]),
    );
  const head = ["asked", "how", "indicator", "control", "from", "operation", "terms", "through", "tip", "place"];
  const [hits, context] = [rows("hits"), rows("context")];
  const cut = labels.filter((_, position) => answers[position]?.more_hits);
  const unreadable = answers.flatMap(({ unreadable: why }, position) =>
    why === undefined ? [] : [`  ${labels[position]}: ${why}`],
  );
  return [
    `${answers.filter((answer) => answer.hits.length > 0).length} of ${answers.length} matched; ${answers.filter((answer) => answer.context.length > 0).length} have context alone or besides${unreadable.length > 0 ? `; ${unreadable.length} could not be read` : ""}.`,
    ...(unreadable.length > 0 ? ["", "Could not be read", ...shortened(unreadable)] : []),
    ...(hits.length > 0 ? ["", "Matches", ...table(head, hits)] : []),
    ...(context.length > 0
      ? ["", "Context: ranges that are everyone's; not a match by itself", ...table(head, context)]
      : []),
    ...(cut.length > 0
      ? ["", "There is more than is shown here of", ...shortened(cut.map((label) => `  ${label}`))]
      : []),
  ];
}

export const shortened = (labels: readonly string[]): string[] =>
  labels.length > 20 ? [...labels.slice(0, 20), `… and ${labels.length - 20} more (--json shows all)`] : [...labels];
