/**
 * What of a month's counts may be published. Guarantees, for whoever does not know the exchange's key:
 *
 * - A figure is a multiple of the step, rounded up or down by a secret that nobody can choose or learn: one unit more or less
 *   (a tip, a reading, a partner, a refusal) moves it by a step at most, under one secret in `step`, or not at all.
 * - What is counted is published only where it is `step` at least, comes from `distinct` contributors of each sort at least
 *   (agencies, cases, tips; or authors), and none of them makes up more than half. The same holds for what is merged.
 *   Where these bounds lie is secret too: they begin there, and lie higher by as much again at most.
 * - There is no total from which what is not published could be told.
 *
 * `null` is "too few, or of too few, to say": the two are not told apart.
 */
import { limits } from "./limits.ts";

const { step, distinct, indicators_of_tip } = limits.transparency;

/** A secret number from 0 up to, not including, `width`: always the same for the same label. */
export type Secret = (label: string, width: number) => Promise<number>;

export type Figure = number | null;

/** What is counted, and who contributed to it. */
export interface Counted {
  total: number;
  /** Of each sort of contributor: how many there are, and how much the one with most has. */
  by: Record<string, { distinct: number; most: number }>;
}

/** The figure of what each counts for itself, partners say, in units that no one contributes more than a tenth of a step of. */
async function rounded(label: string, total: number, secret: Secret, unit = 1): Promise<Figure> {
  const width = step * unit;
  const figure = Math.floor((total + (await secret(label, width))) / width) * width;
  return figure === 0 ? null : figure;
}

/** Whether enough is counted, by enough, to be published by itself. */
export async function stands(label: string, { total, by }: Counted, secret: Secret, unit = 1): Promise<boolean> {
  const width = step * unit;
  if (total < width + (await secret(`${label}: least`, width))) return false;
  for (const [sort, { distinct: there, most }] of Object.entries(by)) {
    if (there < distinct + (await secret(`${label}: ${sort}`, distinct))) return false;
    if (2 * most > total - (await secret(`${label}: most by ${sort}`, width))) return false;
  }
  return true;
}

export const figureOf = async (label: string, counted: Counted, secret: Secret, unit = 1): Promise<Figure> =>
  (await stands(label, counted, secret, unit)) ? rounded(label, counted.total, secret, unit) : null;

/** `total` with each tip's part cut at `indicators_of_tip`. */
const figureOfIndicators = (label: string, counted: Counted, secret: Secret): Promise<Figure> =>
  figureOf(label, counted, secret, indicators_of_tip);

/**
 * Of a stock, which a later month counts again: `label` must not name the month, since the mean of figures rounded anew each
 * month would be the count itself.
 */
export const figureOfStock = (label: string, total: number, secret: Secret): Promise<Figure> =>
  rounded(label, total, secret);

/** Readings by law enforcement of one country on one kind of legal basis. */
export interface Readings extends Counted {
  country: string;
  legal_basis: string;
}

/** Those that are published by themselves; `other` counts the rest together. */
export async function apart(label: string, cells: readonly Readings[], secret: Secret): Promise<Readings[]> {
  const standing: Readings[] = [];
  for (const cell of cells)
    if (await stands(`${label} ${cell.country} ${cell.legal_basis}`, cell, secret)) standing.push(cell);
  return standing;
}

export interface Report {
  month: string;
  tips: Figure;
  indicators: Figure;
  partners: { platform: Figure; research: Figure; law_enforcement: Figure };
  law_enforcement_reads: { apart: { country: string; legal_basis: string; reads: Figure }[]; other: Figure };
  refusals: Figure;
  withdrawn: Figure;
  recalled: Figure;
}

/** What the tables count of one month. */
export interface Month {
  month: string;
  tips: Counted;
  /** Each tip with `indicators_of_tip` at most. */
  indicators: Counted;
  partners: Record<"platform" | "research" | "law_enforcement", number>;
  apart: readonly Readings[];
  other: Counted;
  refusals: number;
  withdrawn: Counted;
  recalled: Counted;
}

/** Every label but those of stocks names the month: what one month's secrets gave away, the next one's do not. */
export async function reportOf(counted: Month, secret: Secret): Promise<Report> {
  const { month } = counted;
  const figure = (name: "tips" | "withdrawn" | "recalled" | "other") =>
    figureOf(`${month} ${name}`, counted[name], secret);
  const stock = (kind: keyof Month["partners"]) => figureOfStock(`partners ${kind}`, counted.partners[kind], secret);
  const reads = async ({ country, legal_basis, total }: Readings) => ({
    country,
    legal_basis,
    reads: await rounded(`${month} reads of ${country} ${legal_basis}`, total, secret),
  });
  return {
    month,
    tips: await figure("tips"),
    indicators: await figureOfIndicators(`${month} indicators`, counted.indicators, secret),
    partners: {
      platform: await stock("platform"),
      research: await stock("research"),
      law_enforcement: await stock("law_enforcement"),
    },
    law_enforcement_reads: { apart: await Promise.all(counted.apart.map(reads)), other: await figure("other") },
    // An agency is counted three times a month at most, so that from a step on there are more than `distinct` of them.
    refusals: await figureOf(`${month} refusals`, { total: counted.refusals, by: {} }, secret),
    withdrawn: await figure("withdrawn"),
    recalled: await figure("recalled"),
  };
}

/** The first month after another, YYYY-MM. */
export function monthAfter(month: string): string {
  const [year, number] = month.split("-").map(Number) as [number, number];
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
}
