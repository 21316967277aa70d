/**
 * One row of a report read whole: the value first, since it says more than the procedure beside it; then names and
 * headlines, which only the procedure tells from prose; then counts; and what is left is an observation.
 */
import type { Indicator } from "../core/indicators/family.ts";
import { readComment } from "./comment.ts";
import { isDescription, langOf, readMeasures, readNames } from "./prose.ts";
import { type Context, type Observation, type Reading, unread } from "./reading.ts";
import { platformOfProcedure, under } from "./taxonomy.ts";
import { blogOf, readHandle, readValue, valuesInComment, valuesInProse } from "./value.ts";

export interface Cell {
  line: number;
  text: string;
  comment?: string;
  procedure?: string;
  /** The procedure as it is written, for rows that state it and nothing else. */
  title?: string;
}

export function readCell(cell: Cell, context: Context): Reading {
  const { line, procedure } = cell;
  const text = cell.text
    .normalize("NFC")
    .replace(/[\u200B\uFEFF]/g, "")
    .trim();
  if (text === "") return emptyCell(cell);
  const found = wholeValues(text, cell, context);
  if (found.length > 0) {
    const elsewhere = valuesInComment(cell.comment ?? "", context.sites);
    return reading(line, [...found.map(marked(cell)), ...elsewhere.map(marked({ ...cell, comment: "" }))]);
  }
  const named = namesIn(text, cell);
  if (named.length > 0) {
    const mentioned = valuesInProse(text, context.sites, procedure).map(marked({ ...cell, comment: "" }));
    const whole = named.length > 1 || text.length <= String(named[0]?.value).length + 2;
    const beside = whole || /\s\/\s|\n/.test(text) ? [] : [observation(text, procedure)];
    return reading(line, [...named.map(marked(cell)), ...mentioned], beside);
  }
  if (under(procedure, "6.1") && !isDescription(text)) return reading(line, [headline(text, cell)]);
  return prose(text, cell, context);
}

/** A cell that is one value, or a list of values and nothing else. */
function wholeValues(text: string, { comment, procedure }: Cell, { sites }: Context): Indicator[] {
  // All that is asked of the comment; it may be long, and the values many.
  const picture = /\bpdq\b/i.exec(comment ?? "")?.[0];
  const one = readValue(text, sites, picture);
  // Among acquired accounts, a host below a platform's own is somebody's blog there.
  if (one) return [(under(procedure, "0.9") && blogOf(one, sites)) || one];
  for (const separator of [/\n/, /[;|]/, /,\s+|,(?=https?:|hxxps?:)/i, /\s+/]) {
    const parts = text
      .split(separator)
      .map((part) => part.trim())
      .filter((part) => part !== "" && !/^(and|or|&|redirects to:?|->)$/i.test(part));
    const values = parts.map((part) => readValue(part, sites, picture));
    if (parts.length > 0 && (parts.length > 1 || parts[0] !== text) && values.every((value) => value !== undefined))
      return values;
  }
  const handle = readHandle(text, platformOfProcedure(procedure), sites);
  return handle ? [handle] : [];
}

/** Personas, brands and companies, where the procedure is about such. */
function namesIn(text: string, { procedure }: Cell): Indicator[] {
  const persona = under(procedure, "1.2", "1.8.1", "9.1", "1.4");
  const brand = under(procedure, "1.3", "1.8.2", "1.5");
  const organisation = under(procedure, "0.4", "8.2", "8.3");
  if (!persona && !brand && !organisation) return [];
  const kind = persona ? "persona" : brand ? "brand" : "organisation";
  // Prose under "impersonating" may introduce the invented brand that did it; a bare name is whom it impersonated.
  const real = under(procedure, "1.4", "1.5") ? { control: "impersonated" as const } : {};
  return readNames(text).map((name) => ({
    type: "name",
    kind: name.brand ? "brand" : kind,
    value: name.value,
    ...(name.whole ? real : {}),
  }));
}

function headline(text: string, { comment, procedure }: Cell): Indicator {
  const value = text.replace(/\s+/g, " ").replace(/^\|/, "").slice(0, 2_000);
  const lang = langOf(value);
  const translation = (comment ?? "").replace(/\s+/g, " ").trim();
  return {
    type: "phrase",
    value,
    ...(lang ? { lang } : {}),
    ...(translation ? { translation: translation.slice(0, 2_000) } : {}),
    ...(procedure ? { procedures: [procedure] } : {}),
  };
}

function prose(text: string, cell: Cell, { sites }: Context): Reading {
  const { line, procedure, comment } = cell;
  const measures = readMeasures(text, procedure);
  const mentioned = valuesInProse(text, sites, procedure).map(marked({ ...cell, comment: "" }));
  // A count that stands alone is only a count; one inside a longer sentence keeps its sentence.
  const short = measures.length > 0 && (text.length < 90 || under(procedure, "0.9.1", "0.9.2", "7.1", "7.2"));
  if (!short && !/\p{L}{2}\s+\S/u.test(text) && mentioned.length === 0 && procedure === undefined) {
    return unread(line, "No value and no prose was recognised.");
  }
  const flat = text.replace(/\s+/g, " ").slice(0, 2_000);
  const kept = measures.map((measure) => (text.length > 30 && !measure.text ? { ...measure, text: flat } : measure));
  const beside = (comment ?? "").replace(/\s+/g, " ").trim();
  const whole = beside === "" ? text : `${text} (${beside})`;
  return { line, indicators: mentioned, measures: kept, observations: short ? [] : [observation(whole, procedure)] };
}

/** A row with its indicator left blank still says that the procedure was used. */
function emptyCell({ line, title, procedure, comment }: Cell): Reading {
  const text = (title ?? "").replace(/^\s*[\d.\s]+/, "").trim();
  const beside = (comment ?? "").trim();
  if (procedure === undefined || (text === "" && beside === "")) return unread(line, "The row has no indicator.");
  return reading(line, [], [observation(beside || text, procedure)]);
}

/** The indicator with its procedure and what the comment says. What the value itself states comes first. */
function marked({ comment, procedure }: Cell): (indicator: Indicator) => Indicator {
  const said = readComment(comment ?? "", procedure);
  return (indicator) => ({ ...said(indicator), ...indicator, ...(procedure ? { procedures: [procedure] } : {}) });
}

const reading = (line: number, indicators: Indicator[], observations: Observation[] = []): Reading => ({
  line,
  indicators,
  measures: [],
  observations,
});

const observation = (text: string, procedure: string | undefined): Observation => {
  const flat = text.replace(/\s+/g, " ").trim().slice(0, 8_000);
  const lang = langOf(flat);
  return { ...(procedure ? { procedure } : {}), text: flat, ...(lang ? { lang } : {}) };
};
