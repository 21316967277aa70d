/** What a command shows: tables and lines for people, JSON for programs, progress on stderr; and the exit codes. */
import { ExchangeProblem, Unreachable } from "../client/problem.ts";

/** Documented in the help: scripts rely on them. */
export const exitCodes = { ok: 0, refused: 1, usage: 2, unreachable: 3, unverified: 4, fault: 70 } as const;

export class UsageError extends Error {}
export class Unverified extends Error {}

/** Rows of cells, columns as wide as they need be. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const all = [head, ...rows].map((row) => row.map((cell) => String(cell ?? "")));
  const widths = head.map((_, column) => Math.min(60, Math.max(...all.map((row) => row[column]!.length))));
  return all
    .map((row) =>
      row
        .map((cell, column) => clean(cell).padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Partners write these texts: no control characters reach the terminal. */
export const clean = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, " ");

/** Prints JSON where asked for, else the text. */
export function show(json: boolean | undefined, value: unknown, text: () => string): void {
  console.log(json ? JSON.stringify(value, null, 2) : text());
}

/** Progress on stderr for work that takes more than a second. */
export function progress(what: string, total: number): { at(done: number): void; end(): void } {
  const began = Date.now();
  let shown = 0;
  const line = (done: number) => process.stderr.write(`\r${what}: ${done} of ${total}`);
  return {
    at: (done) => {
      if (Date.now() - began < 1_000 || Date.now() - shown < 200) return;
      shown = Date.now();
      line(done);
    },
    end: () => {
      if (shown > 0) process.stderr.write("\n");
    },
  };
}

/** What to do about a refusal, where the exchange cannot know the command. */
const advice: Record<string, string | undefined> = {
  "old-cursor": "Read again from the start: tipoff feed --from-start",
  "audience-conflict": "Somebody of yours rescoped it meanwhile. The same command again starts from what holds now.",
  "version-conflict": "The tip has a newer version. The same command again starts from it.",
  "key-not-active": "See which of your keys is active: tipoff keys list",
  invalid_authorization_details: "State the purpose: tipoff token --case … --basis … --unit … --until …",
};

/** Every failure ends here: what happened, what to do, and the exit code. */
export function fail(error: unknown, json: boolean | undefined): never {
  const code =
    error instanceof ExchangeProblem
      ? exitCodes.refused
      : error instanceof Unreachable
        ? exitCodes.unreachable
        : error instanceof Unverified
          ? exitCodes.unverified
          : error instanceof UsageError
            ? exitCodes.usage
            : exitCodes.fault;
  if (json && error instanceof ExchangeProblem) {
    console.error(
      JSON.stringify({ problem: error.slug, status: error.status, detail: error.message, faults: error.faults }),
    );
  } else if (error instanceof ExchangeProblem) {
    console.error(`Refused (${error.status} ${error.slug}): ${clean(error.message)}`);
    for (const fault of error.faults) console.error(`  ${fault.pointer || "/"}: ${clean(fault.detail)}`);
    const next = advice[error.slug];
    if (next) console.error(`  ${next}`);
    if (error.retry_after) console.error(`  Try again in ${error.retry_after} s.`);
  } else if (error instanceof Unreachable) {
    console.error(
      `${error.message}. Is it running? The same command goes on where this ended: what was signed is kept in the outbox and sent as it was.`,
    );
  } else if (error instanceof UsageError || error instanceof Unverified) {
    console.error(error.message);
  } else {
    console.error(`A fault of tipoff's own: ${(error as Error)?.stack ?? error}`);
  }
  process.exit(code);
}
