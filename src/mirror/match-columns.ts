/** A match of a file's row as a row of CSV. Their order never changes; new ones are added at the end. */
import type { Match } from "../client/match.ts";
import { labelOf } from "../core/indicators/registry.ts";
import { csvLine } from "../formats/csv-write.ts";
import type { FileMatch } from "./match-file.ts";

type Cell = string | number | undefined;

const columns: readonly [name: string, of: (found: FileMatch, match: Match) => Cell][] = [
  ["line", ({ line }) => line || undefined],
  ["asked", ({ asked }) => labelOf(asked)],
  // "context" is never a match by itself.
  ["list", ({ list }) => (list === "hits" ? "hit" : "context")],
  ["how", (_, { how }) => how],
  ["distance", (_, { distance }) => distance],
  ["type", (_, { indicator }) => indicator.type],
  ["indicator", (_, { indicator }) => labelOf(indicator)],
  ["control", (_, { control }) => control],
  ["confidence", (_, { confidence }) => confidence],
  ["human_review", (_, { human_review }) => (human_review ? "yes" : undefined)],
  ["disputed", (_, { disputed }) => (disputed ? "yes" : undefined)],
  ["appealed", (_, { appealed }) => (appealed ? "yes" : undefined)],
  ["common", (_, { common }) => (common ? "yes" : undefined)],
  ["from", (_, { from }) => from],
  ["operation_name", (_, { operation }) => operation.name],
  ["tlp", (_, { tlp }) => tlp],
  ["handling", (_, { handling }) => handling.join(" ")],
  ["embargo_until", (_, { embargo }) => embargo?.until],
  ["contact_email", (_, { contact }) => contact?.email],
  ["through", (_, { through }) => through],
  ["tip", (_, { tip }) => tip],
  ["version", (_, { version }) => version],
  ["ordinal", (_, { ordinal }) => ordinal],
  ["operation_id", (_, { operation }) => operation.id],
  ["more_hits", ({ more_hits }) => (more_hits ? "yes" : undefined)],
];

export const matchHead = (): string => `\uFEFF${csvLine(columns.map(([name]) => name))}`;

export const matchLine = (found: FileMatch): string =>
  csvLine(columns.map(([, of]) => String(of(found, found.match) ?? "")));
