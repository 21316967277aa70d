/** zod's issues as faults with JSON pointers, a hundred at most. */
import type * as z from "zod";
import { sentenceOf, unknownMember } from "./issues.ts";
import type { Fault } from "./problem.ts";
import { pointerOf } from "./strict-json.ts";

/** `unknown`: what is said of a member that nobody knows. */
export function faultsOf(parsed: z.ZodSafeParseResult<unknown>, root = "", unknown: string = unknownMember): Fault[] {
  if (parsed.success) return [];
  const faults: Fault[] = [];
  for (const issue of parsed.error.issues) {
    if (faults.length >= 100) break;
    const path = issue.path as (string | number)[];
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) faults.push({ pointer: root + pointerOf([...path, key]), detail: unknown });
    } else faults.push({ pointer: root + pointerOf(path), detail: sentenceOf(issue) });
  }
  return faults.slice(0, 100);
}
