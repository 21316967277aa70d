/**
 * The figures of docs/scale.md: inputs (stated, measured, prices) and formulas, one after the other. A formula's text in the
 * document is what is evaluated here, so the two cannot differ.
 */
import { readFileSync } from "node:fs";
import path from "node:path";

const folder = path.join(import.meta.dirname, "../../docs/scale");
const read = <Value>(name: string): Value =>
  JSON.parse(readFileSync(path.join(folder, `${name}.json`), "utf8")) as Value;

export interface Input {
  value: number;
  what: string;
}
export interface Formula {
  table: "rates" | "rows" | "databases" | "writes" | "costs" | "limits";
  name: string;
  formula: string;
  what?: string;
  unit?: string;
  /** Of a table: how long a row is kept, and the indexes that grow with it. */
  kept?: string;
  indexes?: string[];
  /** Of a limit: where it bites, a formula too. */
  bound?: string;
}
export interface Measured {
  measured_on: string;
  sqlite: string;
  tips: number;
  indicators: number;
  tables: Record<string, { rows: number; bytes: number; a_row: number }>;
  definitions: string;
}

export const inputs = read<
  Record<"stated" | "platform" | "code" | "prices", Record<string, Input>> & { mix: Record<string, number> }
>("inputs");
export const measured = read<Measured>("measured");
export const formulas = read<Formula[]>("formulas");

export interface Figure extends Formula {
  value: number;
  /** Of a table: bytes of a row with its share of the indexes, and of all rows. */
  a_row?: number;
  gb?: number;
  limit?: number;
}

type Scope = Record<string, unknown>;
const evaluate = (formula: string, scope: Scope): number => {
  const value = new Function(...Object.keys(scope), `return ${formula}`)(...Object.values(scope)) as unknown;
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Error(`${formula} is no number`);
  return value;
};

function bytesOf({ name, indexes = [] }: Formula): number {
  return [name, ...indexes].reduce((sum, one) => {
    const found = measured.tables[one];
    if (!found) throw new Error(`${one} was not measured`);
    return sum + found.a_row;
  }, 0);
}

/** Every figure, in order; later ones build on earlier ones. */
export function figures(): Figure[] {
  const gb: Record<string, number> = {};
  const rows = Object.fromEntries(Object.entries(measured.tables).map(([name, table]) => [name, table.rows]));
  const scope: Scope = { ceil: Math.ceil, max: Math.max, gb, rows, ...inputs.mix };
  for (const group of ["stated", "platform", "code", "prices"] as const)
    for (const [name, { value }] of Object.entries(inputs[group])) scope[name] = value;
  return formulas.map((formula) => {
    const value = evaluate(formula.formula, scope);
    if (formula.table === "rows") {
      const a_row = bytesOf(formula);
      gb[formula.name] = (value * a_row) / 1e9;
      return { ...formula, value, a_row, gb: gb[formula.name] };
    }
    const limit = formula.bound === undefined ? undefined : evaluate(formula.bound, scope);
    scope[formula.name] = value;
    return { ...formula, value, ...(limit !== undefined && { limit }) };
  });
}
