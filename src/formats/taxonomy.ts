/**
 * Procedures of the Online Operations Kill Chain, by their numbers: titles are spelled in many ways, numbers are not.
 * A row without a procedure takes its technique's number, then its tactic's.
 */

/** `ook:0.9.4` of "0.9.4 Acquiring X / Twitter accounts"; undefined where no cell begins with a number. */
export function procedureOf(...cells: (string | undefined)[]): string | undefined {
  for (const cell of cells) {
    const number = /^\s*(?:ook:\s*)?(\d{1,2}(?:\s*\.\s*\d{1,3})*)/i.exec(cell ?? "")?.[1];
    // "0.9.11.0" and "0. Acquiring assets": a procedure has three parts, the rest is spelling.
    if (number) return `ook:${number.replace(/\s/g, "").split(".").slice(0, 3).map(Number).join(".")}`;
  }
  return undefined;
}

/** Whether a procedure is one of these, or lies below it ("1.3" holds "ook:1.3.1"). */
export const under = (procedure: string | undefined, ...numbers: string[]): boolean =>
  procedure !== undefined && numbers.some((one) => `${procedure}.`.startsWith(`ook:${one}.`));

const platforms: Record<string, string> = {
  "ook:0.9.1": "facebook",
  "ook:0.9.2": "instagram",
  "ook:0.9.3": "threads",
  "ook:0.9.4": "x",
  "ook:0.9.5": "youtube",
  "ook:0.9.6": "tiktok",
  "ook:0.9.7": "telegram",
  "ook:0.9.10": "pinterest",
  "ook:6.2.1": "facebook",
  "ook:6.2.2": "instagram",
  "ook:6.2.3": "threads",
  "ook:6.2.4": "x",
  "ook:6.2.5": "youtube",
  "ook:6.2.6": "tiktok",
  "ook:6.2.7": "telegram",
  "ook:7.2.2": "facebook",
  "ook:7.2.3": "facebook",
  "ook:7.2.4": "instagram",
  "ook:7.2.5": "x",
};

/** The platform a procedure speaks of. A platform that the text itself names comes first. */
export const platformOfProcedure = (procedure: string | undefined): string | undefined => platforms[procedure ?? ""];
