/** Patterns as STIX writes them (STIX 2.1, section 9): one observation whose comparisons must all hold. */
import type { Comparison } from "./observable.ts";

/** Section 9.2: a quote and a backslash are escaped, nothing else is. */
const quoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;

export const patternOf = (comparisons: readonly Comparison[]): string =>
  `[${comparisons.map(([path, text]) => `${path} = ${quoted(text)}`).join(" AND ")}]`;
