/** What a partner says became of its copy of a tip that was taken back. */
export const outcomes = ["deleted", "kept_under_law", "never_stored"] as const;
export type Outcome = (typeof outcomes)[number];
