/** A partner's own word on a tip: where its work on it stands. It is shared with nobody. */
import * as z from "zod";
import { limits } from "./limits.ts";
import { time } from "./names.ts";

export const triageStates = ["new", "working", "done", "not_relevant"] as const;
export type TriageState = (typeof triageStates)[number];

/** What lists are filtered by: `open` is new or working, and not snoozed. */
export const triageFilters = [...triageStates, "open"] as const;
export type TriageFilter = (typeof triageFilters)[number];

export const assignee = z.string().trim().min(1).max(limits.triage.assignee_characters);

/** What is sent; what is not sent stays, null takes it away. */
export const triageChange = z
  .strictObject({
    state: z.enum(triageStates).optional().describe("`new` where nothing was said yet."),
    assignee: assignee.nullable().optional().describe("Who works on it, in your own words."),
    snooze_until: time.nullable().optional().describe("Until then it is not among the open ones."),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), "Say what is to change.");
export type TriageChange = z.infer<typeof triageChange>;
