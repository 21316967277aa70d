/** What stands beside a tip's indicators moves along to those that a new version keeps, in the batch that writes it. */
import type { Difference } from "../core/difference.ts";
import { moveAppeals } from "./appeals.ts";
import type { SQL, SQLWrapper } from "./database.ts";
import { moveDisputes } from "./disputes.ts";
import { moveMarks, pairs } from "./marks.ts";

/** After the version's own event and its indicators. */
export const carryOver = (
  tipNo: SQL,
  version: number,
  { kept, changed }: Pick<Difference, "kept" | "changed">,
  now: string,
): SQLWrapper[] => [
  moveMarks(tipNo, version, pairs(kept)),
  moveAppeals(tipNo, version, pairs(kept)),
  ...moveDisputes(tipNo, version, pairs(kept), pairs(changed), now),
];
