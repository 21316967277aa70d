/** JSON as a signed document needs it: UTF-8, no duplicate keys, no unsafe integers, no lone surrogates, 16 deep at most. */
import { visit } from "jsonc-parser";
import type { Fault } from "./problem.ts";
import { err, ok, type Result } from "./result.ts";

const maxDepth = 16;

/** The value, or what is wrong with JSON pointers (100 at most). What holds our documents may be some levels deeper. */
export function parseStrict(bytes: Uint8Array, deepest = maxDepth): Result<unknown, Fault[]> {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    return err([{ pointer: "", detail: "This is not JSON in UTF-8." }]);
  }
  // Before anything that calls itself for what is nested: a stranger chooses how deep that is.
  if (isDeep(text, deepest)) return err([{ pointer: "", detail: `Nest at most ${deepest} deep.` }]);
  if (isPlain(text, value)) return ok(value);
  const faults: Fault[] = [];
  const fault = (path: readonly (string | number)[], detail: string) => {
    if (faults.length < 100) faults.push({ pointer: pointerOf(path), detail });
  };
  const keys: Set<string>[] = [];
  visit(
    text,
    {
      onObjectBegin: () => {
        keys.push(new Set());
      },
      onObjectProperty: (name, _o, _l, _sl, _sc, path) => {
        const seen = keys.at(-1)!;
        if (seen.has(name)) fault([...path(), name], "This member stands twice.");
        seen.add(name);
        if (!name.isWellFormed()) fault(path(), "A member's name holds a lone surrogate.");
      },
      onObjectEnd: () => {
        keys.pop();
      },
      onLiteralValue: (literal, _o, _n, _l, _c, path) => {
        if (typeof literal === "string" && !literal.isWellFormed()) fault(path(), "The text holds a lone surrogate.");
        if (typeof literal === "number" && !isSafe(literal)) {
          fault(path(), "Numbers must be exact: integers up to 2^53 - 1; write longer ids as strings.");
        }
      },
    },
    { disallowComments: true, allowTrailingComma: false },
  );
  return faults.length > 0 ? err(faults) : ok(value);
}

/** The value of what its reader knows to have been parsed strictly before, which takes half of the time. */
export function parseAgain(bytes: Uint8Array): Result<unknown, Fault[]> {
  try {
    return ok(JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)));
  } catch {
    return err([{ pointer: "", detail: "This is not JSON in UTF-8." }]);
  }
}

/**
 * Written as programs write it, and so without fault: what is written of the value again is the same text, where no member can
 * stand twice. What that does not tell, numbers beyond bounds and lone surrogates, is looked at the long way.
 */
const isPlain = (text: string, value: unknown): boolean =>
  !/\\ud|(?:":|[[,])-?(?:\d{16}|[\d.]+e)|^-?[\d.]+e?/.test(text) && JSON.stringify(value) === text;

/** Whether objects and arrays of a JSON text lie in each other more than that deep. */
function isDeep(text: string, deepest: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 0x22) at = endOfString(text, at);
    else if (character === 0x7b || character === 0x5b) {
      if (++depth > deepest) return true;
    } else if (character === 0x7d || character === 0x5d) depth--;
  }
  return false;
}

/** Where a string that opens there closes: at the next quote with no backslash before it, or an even number of them. */
function endOfString(text: string, opened: number): number {
  for (let at = text.indexOf('"', opened + 1); ; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text[before] === "\\") before--;
    if ((at - before) % 2 === 1) return at;
  }
}

/** Integers beyond 2^53 - 1 (also spelt 1e300 or with a fraction) would be rounded silently. */
const isSafe = (value: number) => Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER;

export const pointerOf = (path: readonly (string | number)[]): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
