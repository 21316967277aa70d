/** HTML out of values: what is put into `html` is escaped, whatever it is, unless `html` made it. */

export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = Markup | string | number | undefined | false | readonly Value[];

const codes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
/** What a page cannot show, or shows as another order than the letters have (Unicode's bidirectional controls). */
const unseen = /[^\t\n\r\x20-\x7E\xA0-\u2029\u202F-\u2065\u206A-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const written = (value: Value): string => {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(written).join("");
  if (value === undefined || value === false) return "";
  return String(value)
    .replace(unseen, "�")
    .replace(/[&<>"']/g, (one) => codes[one]!);
};

export const html = (parts: TemplateStringsArray, ...values: Value[]): Markup =>
  new Markup(parts.map((part, at) => part + written(values[at])).join(""));
