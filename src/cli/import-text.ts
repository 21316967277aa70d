/** What an import shows: the class of every row, the operations that came out where a report mixes them, and receipts. */
import path from "node:path";
import type { HeldTip } from "../client/held-tips.ts";
import type { Receipt } from "../client/tips.ts";
import type { FileReport, Report } from "../formats/report.ts";
import type { DraftTip } from "../formats/to-tips.ts";
import { type Scope, scopeText } from "./audience.ts";
import { heldText } from "./submit.ts";
import { table } from "./terminal.ts";

export interface Operation {
  id: string;
  name: string;
  actor?: string;
  /** What no comment gave to anybody. */
  rest?: true;
  tips: number;
  indicators: number;
}

/** The operations of the tips, in their order. */
export function operationsOf(drafts: readonly DraftTip[]): Operation[] {
  const found = new Map<string, Operation>();
  for (const { document, rest } of drafts) {
    const { id, name, actor } = document.operation;
    const one = found.get(id) ?? { id, name, ...(actor && { actor }), ...(rest && { rest }), tips: 0, indicators: 0 };
    found.set(id, { ...one, tips: one.tips + 1, indicators: one.indicators + document.indicators.length });
  }
  return [...found.values()];
}

function operationsText(operations: readonly Operation[]): string[] {
  const rest = operations.find((operation) => operation.rest);
  const named = operations.length - (rest ? 1 : 0);
  return [
    "",
    ...table(
      ["operation", "actor", "tips", "indicators"],
      operations.map(({ name, actor, tips, indicators, rest }) => [
        name + (rest ? " (rest)" : ""),
        actor,
        tips,
        indicators,
      ]),
    ),
    named === 0
      ? "No comment names an actor or a campaign: everything is one operation."
      : rest
        ? `${rest.indicators} indicators stand in rows whose comment names nobody: they are the rest.`
        : "Every row's comment names an actor or a campaign.",
  ];
}

/** What those who made a file ask of whoever has it. */
const markedText = ({ file, tlp, statements = [] }: FileReport): string[] => [
  ...(tlp ? [`${path.basename(file)}: marked TLP:${tlp.toUpperCase()}`] : []),
  ...statements.map((statement) => `${path.basename(file)}: marked "${statement}"`),
];

export function textOf(
  report: Report,
  tips: number,
  operations: readonly Operation[] | undefined,
  receipts: ((Receipt | HeldTip) & { indicators: number } & Scope)[],
): string[] {
  const sum = (pick: (file: FileReport) => number) => report.files.reduce((total, file) => total + pick(file), 0);
  const cells = (file: FileReport) => [
    path.basename(file.file),
    file.rows,
    file.with_indicators,
    file.duplicates,
    file.prose,
    file.unread.length,
    file.values,
  ];
  const types: Record<string, number> = {};
  for (const indicator of report.indicators) types[indicator.type] = (types[indicator.type] ?? 0) + 1;
  return [
    ...table(
      ["file", "rows", "with indicators", "duplicates", "prose", "unread", "values"],
      [
        ...report.files.map(cells),
        [
          "all",
          sum((f) => f.rows),
          sum((f) => f.with_indicators),
          sum((f) => f.duplicates),
          sum((f) => f.prose),
          sum((f) => f.unread.length),
          sum((f) => f.values),
        ],
      ],
    ),
    "",
    `${report.indicators.length} indicators${report.indicators.length > 0 ? ": " : ""}${Object.entries(types)
      .map(([type, count]) => `${count} ${type}`)
      .join(
        ", ",
      )}; ${report.measures.length} measures, ${report.observations.length} observations; ${tips} tip${tips === 1 ? "" : "s"}.`,
    ...report.files.flatMap(({ file, ignored_columns: ignored = [] }) =>
      ignored.length > 0 ? [`${path.basename(file)}: unknown columns, left out: ${ignored.join(", ")}`] : [],
    ),
    ...report.files.flatMap(({ file, sheet, other_sheets: others = [] }) =>
      others.length > 0 ? [`${path.basename(file)}: sheet "${sheet}" was read; not read: ${others.join(", ")}`] : [],
    ),
    ...report.files.flatMap(markedText),
    ...(operations ? operationsText(operations) : []),
    ...report.files.flatMap((file) =>
      file.unread.map((unread) => `${path.basename(file.file)}:${unread.line}: unread: ${unread.reason}`),
    ),
    ...(receipts.length === 0 && sum((file) => file.unread.length) > 0
      ? ["--submit sends none of this while rows are unread, unless you leave them out with --skip-unread."]
      : []),
    ...receipts.map((receipt) =>
      receipt.held
        ? heldText(receipt)
        : `Accepted: tip ${receipt.tip}, ${receipt.indicators} indicators, to ${scopeText(receipt)}, seq ${receipt.seq}.`,
    ),
  ];
}
