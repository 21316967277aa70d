/** The tables of docs/scale.md, between its markers; the words around them are written by hand. */
import { type Figure, figures, inputs, measured } from "./figures.ts";
import { tableNames } from "./schema.ts";

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const number = (value: number): string => (Math.abs(value) >= 1_000 ? whole : fine).format(value);
const withUnit = ({ value, unit }: Figure): string =>
  unit === "$"
    ? `$ ${whole.format(value)}`
    : unit === undefined || unit === "1"
      ? number(value)
      : `${number(value)} ${unit}`;

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

const listed = (group: "stated" | "platform" | "code" | "prices"): string =>
  table(
    ["name", "value", "what"],
    Object.entries(inputs[group]).map(([name, { value, what }]) => [`\`${name}\``, value.toLocaleString("en"), what]),
  );

const plain = (name: Figure["table"]): string =>
  table(
    ["name", "value", "what", "formula"],
    figures()
      .filter((figure) => figure.table === name)
      .map((figure) => [`\`${figure.name}\``, withUnit(figure), figure.what ?? "", `\`${figure.formula}\``]),
  );

function rows(): string {
  const all = figures().filter((figure) => figure.table === "rows");
  const sum = all.reduce((total, { gb }) => total + gb!, 0);
  return table(
    ["table", "rows", "bytes a row, indexes included", "GB", "kept", "formula of the rows"],
    [
      ...all.map(({ name, value, a_row, gb, kept, formula }) => [
        `\`${name}\``,
        number(value),
        number(a_row!),
        number(gb!),
        kept!,
        `\`${formula}\``,
      ]),
      ["all", "", "", number(sum), "", ""],
    ],
  );
}

const limits = (): string =>
  table(
    ["what", "at this workload", "bound", "used", "formula", "bound's formula"],
    figures()
      .filter((figure) => figure.table === "limits")
      .map(({ what, value, limit, formula, bound }) => [
        what!,
        number(value),
        number(limit!),
        `${number((value / limit!) * 100)} %`,
        `\`${formula}\``,
        `\`${bound}\``,
      ]),
  );

const sizes = (): string =>
  table(
    ["table or index", "rows", "bytes in pages", "bytes a row"],
    Object.entries(measured.tables).map(([name, { rows, bytes, a_row }]) => [
      `\`${name}\``,
      number(rows),
      number(bytes),
      a_row.toLocaleString("en"),
    ]),
  );

function uncounted(): string {
  const counted = new Set(figures().map(({ name }) => name));
  const names = tableNames().filter((name) => !counted.has(name));
  return `Not counted, since they grow with partners and groups, are empty between batches, or are rare: ${names.map((name) => `\`${name}\``).join(", ")}.`;
}

const mix = (): string =>
  Object.entries(inputs.mix)
    .map(([kind, share]) => `${kind} ${Math.round(share * 100)} %`)
    .join(", ");

/** What a hurried reader takes along. */
function short(): string {
  const all = figures();
  const of = (name: string) => all.find((figure) => figure.name === name)!;
  const value = (name: string) => number(of(name).value);
  const { value: writer, limit: writerBound } = of("writer");
  const years = inputs.stated.years!.value;
  return [
    `**As it is built today, all in one D1 database, it holds some ${(of("one_database").value / 1e6).toFixed(1)} million indicators** (\`one_database\`). Size is what bites, long before speed.`,
    `**At ${(inputs.stated.indicators!.value / 1e6).toFixed(0)} million** the documents (${value("documents_gb")} GB) go to R2, the index (${value("index_gb")} GB) to ${value("index_databases")} further D1 databases by key, records of access to ${value("record_databases")} databases, one after the other, in ${years} years; tips, scope and feed stay whole in the main one. The one writer is used to ${((writer / writerBound!) * 100).toFixed(1)} %.`,
    `**What grows without end** fills the main database in some ${of("main_full_years").value.toFixed(1)} years: versions and audiences without their content (${number(of("tip_version").gb! + of("audience").gb!)} GB in ${years} years), and the events (\`event_token\` ${number(of("event_token").gb!)} GB).`,
    `**About $ ${value("month")} a month**, of which $ ${value("d1_writes")} for rows written: ${value("request_writes")} million a month for counting requests and remembering DPoP proofs, most of them of requests that find nothing new, against ${value("index_writes")} million for the whole index.`,
  ]
    .map((line) => `- ${line}`)
    .join("\n");
}

const parts: Record<string, () => string> = {
  short,
  stated: () => listed("stated"),
  mix: () => `The mix: ${mix()}.`,
  rates: () => plain("rates"),
  measured: () =>
    `Measured on ${measured.measured_on} with ${number(measured.tips)} tips of ${number(measured.indicators)} indicators, SQLite ${measured.sqlite}.\n\n${sizes()}`,
  rows,
  uncounted,
  platform: () => `${listed("platform")}\n\n${listed("code")}`,
  databases: () => plain("databases"),
  writes: () => plain("writes"),
  prices: () => listed("prices"),
  costs: () => plain("costs"),
  limits,
};

/** The document with its tables made anew. */
export function rendered(text: string): string {
  return text.replace(
    /(<!-- (\w+): made by scripts\/scale\.ts -->\n)[\s\S]*?(<!-- end -->)/g,
    (_whole, begin: string, name: string, end: string) => `${begin}${parts[name]!()}\n${end}`,
  );
}
