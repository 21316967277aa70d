/** Takedown reports in the kill-chain form: `Tactic,Technique,Procedure,Indicator` and at times a column of notes, however they are spelled. */
import { readCell } from "./cell.ts";
import { type Contents, type Context, contents, unread } from "./reading.ts";
import type { Table } from "./table.ts";
import { procedureOf } from "./taxonomy.ts";

export function readKillChain(table: Table, context: Context): Contents {
  const { header, rows, faults } = table;
  const column = (name: string) => header.findIndex((each) => each.startsWith(name));
  const [tactic, technique, procedure, indicator] = ["tactic", "technique", "procedure", "indicator"].map(column) as [
    number,
    number,
    number,
    number,
  ];
  if (indicator < 0)
    return { ...contents([]), note: "This is the taxonomy of procedures, not a report: it has no indicators." };
  const own = new Set([tactic, technique, procedure, indicator]);
  const readings = rows.map(({ line, cells }) => {
    const number = procedureOf(cells[procedure], cells[technique], cells[tactic]);
    const title = [cells[procedure], cells[technique], cells[tactic]].find((cell) => cell?.trim());
    // A ragged row has cells past the header: they are notes too.
    const comment = cells.filter((cell, at) => !own.has(at) && cell.trim()).join(" ");
    return readCell(
      {
        line,
        text: cells[indicator] ?? "",
        comment,
        ...(number ? { procedure: number } : {}),
        ...(title ? { title: title.trim() } : {}),
      },
      context,
    );
  });
  for (const { line, reason } of faults) readings.push(unread(line, reason));
  return contents(readings);
}
