/**
 * An export read back (`columns.ts`): each row's indicator as it was in its tip, member by member. What the rows say of that tip is
 * left out: an import makes tips of one's own.
 */
import type { Indicator } from "../core/indicators/family.ts";
import { columns, memberColumns } from "./columns.ts";
import { type Contents, type Context, contents, type Reading, unread } from "./reading.ts";
import { shortenedId } from "./sheet-cells.ts";
import type { Table } from "./table.ts";
import { canonical, faultsOf } from "./value.ts";

const needed = ["seq", "ordinal", ...memberColumns.map(({ name }) => name)];

/** Whether the heading is an export's, whole as far as indicators go; with less it is a CSV like others. */
export const isExport = (header: readonly string[]): boolean => needed.every((name) => header.includes(name));

export function readExport(table: Table, context: Context): Contents {
  const places = memberColumns.map((column) => [column, table.header.indexOf(column.name)] as const);
  const readings = table.rows.map(({ line, cells }): Reading => {
    const members: Record<string, unknown> = {};
    for (const [{ name, form }, place] of places) {
      const cell = cells[place] ?? "";
      if (cell === "") continue;
      if (form === "extensions") Object.assign(members, extensionsOf(cell));
      else members[name] = form === "list" ? cell.trim().split(/\s+/) : form === "number" ? Number(cell) : cell;
    }
    if (typeof members.type !== "string") return unread(line, "The row says no type.");
    // "1.79E+18": what Excel makes of an id in a CSV that was opened, not imported.
    if ([members.id, members.author_id].some((id) => /^\d(?:[.,]\d+)?E\+\d+$/.test(String(id))))
      return unread(line, shortenedId);
    const indicator = members as Indicator;
    const found = canonical(indicator, context.sites);
    return found
      ? { line, indicators: [found], measures: [], observations: [] }
      : unread(line, faultsOf(indicator, context.sites));
  });
  for (const { line, reason } of table.faults) readings.push(unread(line, reason));
  const known = new Set(columns.map(({ name }) => name));
  const ignored = table.titles.filter((title, at) => title !== "" && !known.has(table.header[at]!));
  return { ...contents(readings), ...(ignored.length > 0 && { ignored_columns: ignored }) };
}

/** Where the cell is no object any more, a member that says so makes the row unread. */
function extensionsOf(cell: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(cell);
    if (typeof found === "object" && found !== null && !Array.isArray(found)) return found as Record<string, unknown>;
  } catch {}
  return { extensions: cell };
}
