/** Opaque cursors: an epoch and where to go on. After a restore the epoch is higher and an old cursor is refused. */
import { decode, encode } from "../core/base64url.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";

export const writeCursor = (epoch: string, kind: string, at: readonly number[]): string =>
  encode(JSON.stringify([kind, epoch, ...at]));

/** The numbers of a cursor made for the same door. */
export function readCursor(text: string, epoch: string, kind: string, numbers: number): Result<number[], Problem> {
  const refused = err(
    problem("malformed-parameter", "Pass `after` exactly as a page's `next` gave it.", [
      { pointer: "/after", detail: "Not a cursor of this door." },
    ]),
  );
  const bytes = decode(text);
  if (!bytes || bytes.length > 200) return refused;
  try {
    const [door, made, ...at] = JSON.parse(new TextDecoder().decode(bytes)) as [string, string, ...number[]];
    if (door !== kind || at.length !== numbers || !at.every((n) => Number.isSafeInteger(n) && n >= 0)) return refused;
    if (made !== epoch)
      return err(problem("old-cursor", "The exchange was restored since: read again from the start, without `after`."));
    return ok(at);
  } catch {
    return refused;
  }
}
