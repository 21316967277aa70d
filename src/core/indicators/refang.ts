/** Values as people write them so that nobody follows them: `hxxps://evil[.]example`, `a[at]evil[.]example`. */
import type { Result } from "../result.ts";

/**
 * Undoes defanging: hxxp, [.], (.), {.}, [dot], [:], [://], [/], [@], [at], and surrounding quotes and brackets. A run is
 * entered at its first character alone (the look-behinds): a try at each of its characters would be quadratic.
 */
export function refang(text: string): string {
  return text
    .trim()
    .replace(/^[<"'`“‘«]+|(?<![>"'`”’»])[>"'`”’»]+$/g, "")
    .trim()
    .replace(/(?:(?<!\s)\s+)?[[({]\s*(?:\.|dot|punkt)\s*[\])}]\s*/gi, ".")
    .replace(/(?:(?<!\s)\s+)?[[({]\s*(?:@|at)\s*[\])}]\s*/gi, "@")
    .replace(/[[({](:\/\/|:|\/)[\])}]/g, "$1")
    .replace(/\\(?=\.)/g, "")
    .replace(/^(?:hxxp|h\*\*p|htxp|hxtp|meow)(s?)(?=:)/i, "http$1")
    .replace(/^fxp(?=:\/\/)/i, "ftp");
}

/** What is read as it is written, or else with its defanging undone; the fault is that of the text as written. */
export function orRefanged<Value>(text: string, read: (text: string) => Result<Value, string>): Result<Value, string> {
  const plain = read(text);
  if (plain.ok) return plain;
  const mended = refang(text);
  const again = mended === text ? plain : read(mended);
  return again.ok ? again : plain;
}
