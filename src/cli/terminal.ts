/** What a command shows: tables and lines for people, JSON for programs, progress on stderr; and the exit codes. */
import { ExchangeProblem, Unreachable } from "../client/problem.ts";
import { MirrorError } from "../mirror/mirror-error.ts";

/** Documented in the help: scripts rely on them. */
export const exitCodes = { ok: 0, refused: 1, usage: 2, unreachable: 3, unverified: 4, fault: 70 } as const;

export class UsageError extends Error {}
/** Refused here, before anything was sent. */
export class Refused extends Error {
  readonly lines: readonly string[];

  /** Lines after the first may quote what others wrote: each stays one line. */
  constructor(message: string, ...more: string[]) {
    super(message);
    this.lines = [message, ...more];
  }
}
export class Unverified extends Error {}

/** Lines for people. */
export type Lines = string | readonly string[];

/**
 * Partners, exchanges and files write the texts shown here: on its way out each line loses whatever would move the cursor,
 * turn the direction of writing, hide, or begin a line of its own. Everything goes out by `say`, `tell` and `sayJson`.
 */
const clean = (line: string): string => line.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, " ");
const cleaned = (lines: Lines): string => [lines].flat().map(clean).join("\n");

/** On standard output. */
export const say = (lines: Lines): void => console.log(cleaned(lines));
/** Beside it, on standard error. */
export const tell = (lines: Lines): void => console.error(cleaned(lines));

/** JSON that does nothing to a terminal either: what `clean` takes away is escaped. */
export const jsonOf = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(/[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
export const sayJson = (value: unknown, indent?: number): void => console.log(jsonOf(value, indent));

/** Rows of cells, columns as wide as they need be. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string[] {
  const all = [head, ...rows].map((row) => row.map((cell) => clean(String(cell ?? ""))));
  const widths = head.map((_, column) => Math.min(60, Math.max(...all.map((row) => row[column]!.length))));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}

/** Prints JSON where asked for, else the text. */
export function show(json: boolean | undefined, value: unknown, text: () => Lines): void {
  if (json) sayJson(value, 2);
  else say(text());
}

/** Progress on stderr for work that takes more than a second. */
export function progress(what: string, total?: number, unit = ""): { at(done: number): void; end(): void } {
  const began = Date.now();
  let shown = 0;
  const all = total === undefined ? "" : ` of ${total}`;
  const line = (done: number) => process.stderr.write(`\r${what}: ${done}${all}${unit}`);
  return {
    at: (done) => {
      if (Date.now() - began < 1_000 || Date.now() - shown < 200) return;
      shown = Date.now();
      line(done);
    },
    end: () => {
      if (shown > 0) process.stderr.write("\n");
      shown = 0;
    },
  };
}

/** What to do about a refusal, where the exchange cannot know the command. */
const advice: Record<string, string | undefined> = {
  "old-cursor": "Read again from the start: tipoff feed --from-start",
  "audience-conflict": "Somebody of yours rescoped it meanwhile. The same command again starts from what holds now.",
  "version-conflict": "The tip has a newer version. The same command again starts from it.",
  "not-proved": "Once that is mended: tipoff subscription prove ID",
  "subscriptions-full": "See which you can do without: tipoff subscription list",
  "key-not-active": "See which of your keys is active: tipoff keys list",
  invalid_authorization_details:
    "See yours, and which is active: tipoff purpose list. State one of them: tipoff purpose use PURPOSE. Another: tipoff purpose add --help",
  "read-tokens-full": "See which no tool needs any more: tipoff read-token list",
};

const keyAdvice = (profile: string): string[] => [
  `  The exchange does not take the key of the profile "${profile}". One of these is so:`,
  "  – this machine's clock is wrong;",
  "  – the key is not active yet, or was retired or declared stolen: tipoff keys list, by another key of yours, shows it;",
  "  – the steward suspended you: ask the steward.",
];

/** What the file system said of a place that was named: a folder where a file should be, nothing there, not ours to write. */
const isOfFile = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "path" in error;

/** Of a mirror's refusals, those that another command would meet as well. */
const isRefusal = (error: unknown): boolean =>
  error instanceof MirrorError && ["busy", "not-synced", "unreadable"].includes(error.code);

/** What a failure cannot tell by itself. */
export interface Circumstances {
  json?: boolean;
  /** The profile that was used. */
  profile?: string;
  /** Something signed lies in the outbox. */
  waiting?: boolean;
  /** It was about one tip that others may have written. */
  reading?: boolean;
  /** What to do where what was named is not there. */
  missing?: string;
}

/** Every failure ends here: what happened, what to do, and the exit code. */
export function fail(error: unknown, { json, profile, waiting, reading, missing }: Circumstances): never {
  const code =
    error instanceof ExchangeProblem || error instanceof Refused || isRefusal(error)
      ? exitCodes.refused
      : error instanceof Unreachable
        ? exitCodes.unreachable
        : error instanceof Unverified
          ? exitCodes.unverified
          : error instanceof UsageError || error instanceof MirrorError || isOfFile(error)
            ? exitCodes.usage
            : exitCodes.fault;
  if (json && error instanceof ExchangeProblem) {
    const { slug, status, message, faults } = error;
    console.error(jsonOf({ problem: slug, status, detail: message, faults }));
  } else if (error instanceof ExchangeProblem) {
    tell(`Refused (${error.status} ${error.slug}): ${error.message}`);
    for (const fault of error.faults) tell(`  ${fault.pointer || "/"}: ${fault.detail}`);
    const next = advice[error.slug];
    if (next) tell(`  ${next}`);
    if (error.slug === "not-found" && missing) tell(`  ${missing}`);
    else if (error.slug === "not-found" && reading)
      tell(
        "  If you had it, it was taken back or has expired, and your copies are out of date: tipoff feed says which.",
      );
    if (error.slug === "invalid_client" && profile !== undefined) tell(keyAdvice(profile));
    if (error.retry_after) tell(`  Try again in ${error.retry_after} s.`);
  } else if (error instanceof Unreachable && error.redirects_to !== undefined) {
    tell(`${error.message}. Nothing is sent there: if the exchange has moved, name its new address with --exchange.`);
  } else if (error instanceof Unreachable) {
    tell(
      `${error.message}. Is it running? ${waiting ? "What was signed is kept in the outbox: the same command sends it as it is." : "Nothing was sent."}`,
    );
  } else if (error instanceof Refused) {
    tell(error.lines);
  } else if (error instanceof UsageError || error instanceof Unverified || error instanceof MirrorError) {
    tell(error.message);
  } else if (isOfFile(error)) {
    tell(`${error.path}: ${error.message.replace(/^[A-Z]+: /, "").replace(/, .*$/, "")}.`);
  } else if (error instanceof Error) {
    // The message may quote what others wrote; where it happened are our own lines.
    tell(`A fault of tipoff's own: ${error.name}: ${error.message}`);
    tell((error.stack ?? "").split("\n").filter((line) => /^ {4}at /.test(line)));
  } else {
    tell(`A fault of tipoff's own: ${error}`);
  }
  process.exit(code);
}
