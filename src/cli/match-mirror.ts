/**
 * `tipoff match --mirror`: no profile, no network. A file is read as it comes, and its matches go to the output, or to standard
 * output a line each; what was stopped goes on with the same command.
 */
import { existsSync, statSync } from "node:fs";
import { readPlatform } from "../core/indicators/platforms.ts";
import { labelOf } from "../core/indicators/registry.ts";
import type { FileMatch, FileMatched } from "../mirror/match-file.ts";
import { matchFile } from "../mirror/match-file.ts";
import type { Mirror } from "../mirror/mirror.ts";
import type { Held } from "../mirror/store-lookups.ts";
import type { MatchWords } from "./match.ts";
import { matchText, shortened } from "./match-text.ts";
import { openMirror } from "./mirror.ts";
import { type Globals, untilStopped } from "./session.ts";
import { progress, Refused, say, sayJson, show, tell, UsageError } from "./terminal.ts";

/** Hours after which a copy is worth a word. */
const old = 24;

export async function matchInMirror(
  folder: string,
  values: readonly string[],
  options: MatchWords,
  { json }: Globals,
): Promise<void> {
  const { file, output } = options;
  if (values.length === 0 && file === undefined) throw new UsageError("Give values, or --file.");
  if (values.length > 0 && file !== undefined) throw new UsageError("With --mirror, give values or --file, not both.");
  if (output !== undefined && file === undefined) throw new UsageError("--output is for --file.");
  const mirror = await openMirror(folder, false);
  try {
    const { synced_at = "", rebuilding } = mirror.held();
    const age = (Date.now() - Date.parse(synced_at)) / 3_600_000;
    if (rebuilding)
      tell(
        `This mirror is being read anew, and until that is whole the copy from before${synced_at && ` (${synced_at})`} answers: it may hold what was taken back since. To go on: tipoff --as NAME mirror ${folder}`,
      );
    else if (age > old) tell(`This mirror was synced ${Math.round(age)} hours ago: what happened since is not in it.`);
    const state = rebuilding ? { rebuilding } : {};
    if (file === undefined) await matchValues(mirror, values, options, state, json);
    else await matchWhole(mirror, file, options, state, json);
  } finally {
    mirror.close();
  }
}

/** What the answers of a mirror say of it besides. */
type State = Pick<Held, "rebuilding">;

async function matchValues(
  mirror: Mirror,
  values: readonly string[],
  { onHost }: MatchWords,
  state: State,
  json = false,
): Promise<void> {
  const answers = await mirror.match(values, onHost ? { on_host: true } : {});
  show(json, { answers, ...state }, () => matchText(values, answers));
  if (answers.every((answer) => answer.unreadable)) throw new Refused("Nothing was asked: no value could be read.");
}

async function matchWhole(
  mirror: Mirror,
  file: string,
  options: MatchWords,
  state: State,
  json = false,
): Promise<void> {
  const { output } = options;
  if (!existsSync(file)) throw new UsageError(`There is no file ${file}.`);
  if (statSync(file).isDirectory()) throw new UsageError(`${file} is a directory: name a file in it.`);
  if (output !== undefined && existsSync(output))
    throw new UsageError(`${output} is there already: name another file.`);
  const platform = platformOf(mirror, options.platform);
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  const bar = progress("Read", megabytes(statSync(file).size), " MB");
  const signal = untilStopped();
  let done: FileMatched;
  try {
    done = await matchFile(mirror, file, {
      ...{ platform, output, signal, on_host: options.onHost },
      found: (found) => (json ? sayJson(found) : say(lineOf(found))),
      progress: (bytes) => bar.at(megabytes(bytes)),
    });
  } catch (error) {
    bar.end();
    if (!signal.aborted) throw error;
    throw new Refused(
      output === undefined
        ? "Stopped before the end."
        : "Stopped before the end. The same command goes on where it was.",
    );
  }
  bar.end();
  tellUnread(done);
  if (output === undefined) tell(summaryOf(done));
  else show(json, { output, ...done, ...state }, () => [summaryOf(done), `${output} is whole.`]);
  if (done.asked === 0) throw new Refused("Nothing was asked: no value could be read.");
}

function platformOf(mirror: Mirror, stated: string | undefined): string | undefined {
  if (stated === undefined) return undefined;
  const name = readPlatform(stated, mirror.sites);
  if (name === undefined)
    throw new UsageError(`--platform "${stated}" is no platform's name: give a short one, or a site's domain.`);
  if (mirror.sites.domainsOf(name).length === 0 && !name.includes("."))
    tell(`Note: no partner and no well-known site is called "${name}".`);
  return name;
}

function tellUnread({ unread, unread_rows, ignored_columns }: FileMatched): void {
  if (ignored_columns.length > 0) tell(`Columns that are not known, and were left out: ${ignored_columns.join(", ")}`);
  if (unread === 0) return;
  tell([
    `${unread} rows could not be read, and were not asked:`,
    ...shortened(unread_rows.map(({ line, reason }) => `line ${line}: ${reason}`)),
  ]);
}

const lineOf = ({ line, asked, list, match }: FileMatch): string =>
  [
    ...(line > 0 ? [`line ${line}`] : []),
    labelOf(asked),
    list === "hits" ? match.how : `context, ${match.how}`,
    labelOf(match.indicator),
    match.control,
    `from ${match.from}`,
    match.operation.name,
    `TLP:${match.tlp}`,
    ...(match.embargo ? [`embargo until ${match.embargo.until}`] : []),
    ...(match.human_review ? ["human review"] : []),
    ...(match.disputed ? ["disputed"] : []),
    ...(match.appealed ? ["appealed"] : []),
  ].join("  ");

const summaryOf = ({ rows, asked, matched, context_only, resumed_behind }: FileMatched): string =>
  `${matched} of ${asked} values matched, in ${rows} rows; ${context_only} have context alone.${
    resumed_behind === undefined ? "" : ` Gone on behind line ${resumed_behind}.`
  }`;
