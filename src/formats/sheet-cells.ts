/**
 * What a cell of a workbook says, as text. Nothing is guessed: a number past 15 digits has lost its last ones and a formula's last
 * result is nobody's word, so both are faults; days come as YYYY-MM-DD.
 */

/** A cell's text, or why it has none that counts. */
export type CellText = { text: string } | { fault: string };

export interface RawCell {
  /** "B7". */
  place: string;
  /** `t` of the cell: s, inlineStr, str, b, e, d, n. */
  type: string;
  style: number;
  value: string;
  formula: boolean;
}

export interface Formats {
  shared: readonly string[];
  /** By style, whether a number there is a day or a time. */
  dates: readonly boolean[];
  /** Days are counted from 1904. */
  from1904: boolean;
}

export const shortenedId =
  "A spreadsheet has shortened this number: past 15 digits its last ones are lost. Export it again as text.";

export function cellOf({ place, type, style, value, formula }: RawCell, formats: Formats): CellText {
  if (formula) return { fault: `${place} is a formula; what it showed last is not read: paste it as a value.` };
  switch (type) {
    case "s": {
      const text = /^\d{1,9}$/.test(value) ? formats.shared[Number(value)] : undefined;
      return text === undefined ? { fault: `${place} names a text that the workbook lacks.` } : { text };
    }
    case "inlineStr":
    case "str":
      return { text: unescaped(value) };
    case "b":
      return { text: value === "1" ? "TRUE" : "FALSE" };
    case "e":
      return { fault: `${place} holds an error (${value.slice(0, 20)}).` };
    case "d":
      return { text: dayText(value) };
    default:
      return value === "" ? { text: "" } : numberOf(place, value, formats.dates[style] === true, formats.from1904);
  }
}

function numberOf(place: string, value: string, isDate: boolean, from1904: boolean): CellText {
  const number = Number(value);
  if (!/^[+-]?\d+(?:\.\d+)?(?:E[+-]?\d+)?$/i.test(value) || !Number.isFinite(number))
    return { fault: `${place} holds a number that is none.` };
  if (isDate) {
    const text = serialText(number, from1904);
    return text === undefined ? { fault: `${place} holds a day that is none.` } : { text };
  }
  if (Math.abs(number) >= 1e15) return { fault: `${place}: ${shortenedId}` };
  // Programs write the digits of the binary fraction (0.30000000000000004): fifteen of them are the cell's.
  return { text: /^\d{1,15}$/.test(value) ? value : fixed(number) };
}

const fixed = (number: number): string => {
  const short = Number(number.toPrecision(15));
  return /e/i.test(String(short)) ? short.toFixed(20).replace(/\.?0+$/, "") : String(short);
};

/** Day 1 is 1 January 1900, and 1900 is a leap year there (ECMA-376, 18.17.4.1). */
function serialText(serial: number, from1904: boolean): string | undefined {
  if (serial < 0 || serial >= 2_958_466) return undefined;
  const start = from1904 ? Date.UTC(1904, 0, 1) : serial < 60 ? Date.UTC(1899, 11, 31) : Date.UTC(1899, 11, 30);
  const time = new Date(start + Math.round(serial * 86_400) * 1_000);
  // A time of day without a day.
  if (serial < 1 && !from1904) return time.toISOString().slice(11, 19);
  return dayText(time.toISOString().replace(".000Z", ""));
}

/** A moment without a zone is no RFC 3339 time; the exact midnight is a day. */
const dayText = (text: string): string => {
  const [, day, time, zone] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.0+)?(Z?)$/.exec(text) ?? [];
  return day === undefined ? text : time === "00:00:00" ? day : `${day}T${time}${zone || "Z"}`;
};

/** `_x000D_` stands for a character that XML cannot hold (22.9.2.19). */
export const unescaped = (text: string): string =>
  text.includes("_x")
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;

const longestFormat = 255;

/** Whether a number's format shows a day or a time: by its number (18.8.30), else by what it is made of. */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined)
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
  // Longer ones are no spreadsheet's, and would take long.
  if (code.length > longestFormat) return false;
  const bare = code.replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, "");
  return !/^general$/i.test(bare) && /[dmyhs]/i.test(bare);
}
