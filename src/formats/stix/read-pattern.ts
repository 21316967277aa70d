/**
 * Patterns of the simple form (STIX 2.1, section 9): observations joined by OR, of comparisons joined by AND and OR, that
 * say what something equals: `=`, `IN`, and `ISSUBSET` of an address. Everything else is refused with its reason; to read half a
 * pattern would be to say something else. One pass over the text, no way back; length, depth and what comes out are bounded.
 */
import { err, ok, type Result } from "../../core/result.ts";

/** `file:hashes.'SHA-256' = '…'`: of the object `file`, the property `hashes.SHA-256`. */
export interface Equality {
  object: string;
  property: string;
  text: string;
}

const longest = 20_000;
const deepest = 16;
const most = 1_000;
const mostTogether = 50;

/** What the pattern meets: any one of the lists, of which all must hold. */
export function readPattern(text: string): Result<Equality[][], string> {
  if (text.length > longest) return err(`A pattern of more than ${longest} characters is not read.`);
  try {
    const reader = new Reader(text);
    const found = reader.observations(0);
    reader.end();
    return ok(found);
  } catch (error) {
    if (error instanceof Unread) return err(error.message);
    throw error;
  }
}

class Unread extends Error {}

const word = /[A-Za-z_][A-Za-z0-9_-]*/y;
const number = /[+-]?\d+(?:\.\d+)?/y;
const space = /\s*/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  observations(depth: number): Equality[][] {
    const found = this.#observation(depth);
    while (this.#takeWord("OR")) this.#add(found, this.#observation(depth));
    return found;
  }

  end(): void {
    this.#skip();
    if (this.#at === this.#text.length) return;
    const next = this.#match(word);
    if (next && /^(AND|FOLLOWEDBY|WITHIN|REPEATS|START)$/.test(next))
      throw new Unread(`It ties observations together (${next}); alone they mean something else.`);
    throw this.#unexpected();
  }

  #observation(depth: number): Equality[][] {
    const nested = this.#take("(");
    if (!nested && !this.#take("[")) throw this.#unexpected();
    const found = nested ? this.observations(this.#deeper(depth)) : this.#alternatives(depth);
    if (!this.#take(nested ? ")" : "]")) {
      if (nested) this.end();
      throw this.#unexpected();
    }
    return found;
  }

  #alternatives(depth: number): Equality[][] {
    const found = this.#together(depth);
    while (this.#takeWord("OR")) this.#add(found, this.#together(depth));
    return found;
  }

  #together(depth: number): Equality[][] {
    let found = this.#comparison(depth);
    while (this.#takeWord("AND")) {
      const next = this.#comparison(depth);
      if (found.length * next.length > most) throw new Unread(`It has more than ${most} alternatives.`);
      found = found.flatMap((one) => next.map((other) => [...one, ...other]));
      if (found[0]!.length > mostTogether) throw new Unread(`It ties more than ${mostTogether} comparisons together.`);
    }
    return found;
  }

  #comparison(depth: number): Equality[][] {
    if (this.#take("(")) {
      const found = this.#alternatives(this.#deeper(depth));
      if (!this.#take(")")) throw this.#unexpected();
      return found;
    }
    const object = this.#match(word);
    if (object === undefined) throw this.#unexpected();
    if (object === "NOT" || object === "EXISTS") throw new Unread(`It says ${object}, not what something equals.`);
    if (!this.#take(":")) throw this.#unexpected();
    const property = this.#property();
    return this.#values(object, property).map((text) => [{ object, property, text }]);
  }

  #property(): string {
    const parts: string[] = [];
    do parts.push(this.#quoted() ?? this.#match(word) ?? this.#fail());
    while (this.#take("."));
    if (this.#take("[")) throw new Unread("It looks into a list of an object's properties.");
    return parts.join(".");
  }

  #values(object: string, property: string): string[] {
    if (this.#take("=")) {
      this.#take("=");
      return [this.#literal()];
    }
    const operator = this.#match(word) ?? this.#match(/[!<>]=?/y);
    if (operator === undefined) throw this.#unexpected();
    if (operator === "ISSUBSET" && /^ipv[46]-addr$/.test(object) && property === "value") return [this.#literal()];
    if (operator !== "IN") throw new Unread(`It compares by ${operator}, which is no value.`);
    const found: string[] = [];
    if (!this.#take("(")) throw this.#unexpected();
    do found.push(this.#literal());
    while (found.length <= most && this.#take(","));
    if (!this.#take(")")) throw this.#unexpected();
    return found;
  }

  #literal(): string {
    return this.#quoted() ?? this.#match(number) ?? this.#match(/true|false/y) ?? this.#fail();
  }

  /** A text in quotes, its escapes undone (section 9.2). */
  #quoted(): string | undefined {
    if (!this.#take("'")) return undefined;
    let found = "";
    for (; this.#at < this.#text.length; this.#at++) {
      let character = this.#text[this.#at]!;
      if (character === "'") {
        this.#at++;
        return found;
      }
      if (character === "\\") character = this.#text[++this.#at] ?? "";
      found += character;
    }
    throw new Unread("A text in the pattern does not end.");
  }

  #add(found: Equality[][], more: readonly Equality[][]): void {
    if (found.length + more.length > most) throw new Unread(`It has more than ${most} alternatives.`);
    found.push(...more);
  }

  #deeper(depth: number): number {
    if (depth >= deepest) throw new Unread(`Its brackets nest more than ${deepest} deep.`);
    return depth + 1;
  }

  #skip(): void {
    this.#raw(space);
  }

  #take(mark: string): boolean {
    this.#skip();
    const there = this.#text[this.#at] === mark;
    if (there) this.#at++;
    return there;
  }

  #takeWord(expected: string): boolean {
    this.#skip();
    const before = this.#at;
    if (this.#raw(word) === expected) return true;
    this.#at = before;
    return false;
  }

  #match(form: RegExp): string | undefined {
    this.#skip();
    return this.#raw(form);
  }

  /** All forms are sticky and take each character once. */
  #raw(form: RegExp): string | undefined {
    form.lastIndex = this.#at;
    const found = form.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #unexpected(): Unread {
    return new Unread(`Character ${this.#at + 1} of the pattern is not of the simple form.`);
  }

  #fail(): never {
    throw this.#unexpected();
  }
}
