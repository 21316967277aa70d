/** zod's issues as faults with JSON pointers, a hundred at most. */
import type * as z from "zod";
import type { Fault } from "../core/problem.ts";
import { pointerOf } from "../core/strict-json.ts";

export function faultsOf(parsed: z.ZodSafeParseResult<unknown>, root = ""): Fault[] {
  if (parsed.success) return [];
  return parsed.error.issues.slice(0, 100).map((issue) => ({
    pointer:
      root +
      pointerOf([...issue.path, ...(issue.code === "unrecognized_keys" ? [issue.keys[0]!] : [])] as (
        | string
        | number
      )[]),
    detail: issue.code === "unrecognized_keys" ? `Unknown member; extensions begin with x-.` : issue.message,
  }));
}
