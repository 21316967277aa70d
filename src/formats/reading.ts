/** What every format reads a file into: one reading a row, before duplicates are merged. */
import type { Tlp } from "../core/audience.ts";
import type { Indicator, Sites } from "../core/indicators/family.ts";
import type { Actor } from "./actor.ts";

/** A count or an amount (DESIGN.md, `operation.measures`). */
export interface Measure {
  what: string;
  platform?: string;
  count?: number;
  amount?: number;
  currency?: string;
  approximate?: boolean;
  text?: string;
}

/** Prose of a report, with the procedure it stands under. */
export interface Observation {
  procedure?: string;
  text: string;
  lang?: string;
}

/** What one row says. Nothing at all but a reason: the row could not be read. */
export interface Reading {
  /** 1-based line at which the row begins; in JSON the position in the list. */
  line: number;
  indicators: Indicator[];
  measures: Measure[];
  observations: Observation[];
  reason?: string;
  /** Whom the row's comment names. */
  actor?: Actor;
}

/** A whole file. What stands outside its rows (a summary, its measures) is no row. */
export interface Contents {
  readings: Reading[];
  operation_name?: string;
  summary?: string;
  /** What else of the operation the file states, in the members of a tip. */
  operation?: Record<string, unknown>;
  measures: Measure[];
  observations: Observation[];
  /** How the file is marked: the strictest level, and statements in words. */
  tlp?: Tlp;
  statements?: string[];
  /** Why a file has no rows, or none that is read. */
  note?: string;
  /** Columns whose headings are not known: what stands in them is left out. */
  ignored_columns?: string[];
  /** Of a workbook: the sheet that was read, and those that were not. */
  sheet?: string;
  other_sheets?: string[];
}

/** What a format may ask besides the text. */
export interface Context {
  sites: Sites;
  /** Whose accounts an export lists. */
  platform?: string;
}

export const unread = (line: number, reason: string): Reading => ({
  line,
  indicators: [],
  measures: [],
  observations: [],
  reason,
});

export const contents = (readings: Reading[]): Contents => ({ readings, measures: [], observations: [] });
