/** What is said of a tip's indicators moves along to those that a new version keeps, in the batch that writes it. */
import { moveAppeals } from "./appeals.ts";
import type { SQL, SQLWrapper } from "./database.ts";
import { moveDisputes } from "./disputes.ts";
import { moveStanding } from "./feedback.ts";
import { moveMarks } from "./marks.ts";
import { keepWords } from "./told-words.ts";

/** After the version's row, which holds its difference, and its indicators. */
export const carryOver = (tipNo: SQL, version: number, now: string): SQLWrapper[] => [
  ...moveMarks(tipNo, version),
  ...moveAppeals(tipNo, version),
  ...moveDisputes(tipNo, version, now),
  ...moveStanding(tipNo, version),
  keepWords(tipNo, version),
];
