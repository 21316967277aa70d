/** The sheet "Read me first" of an export: what the file is, what binds its reader, what the columns mean. */
import type { Tlp } from "../core/audience.ts";
import { tlps } from "../core/audience.ts";
import { columns } from "./columns.ts";
import { handlingWords, notEvidence, tlpWords } from "./words.ts";

export interface About {
  exchange: string;
  /** Who exported, and when. */
  partner: string;
  at: string;
  /** The stated purpose, for law enforcement. */
  purpose?: string;
}

/** What was written, as far as it binds the reader. */
export class Bindings {
  rows = 0;
  /** Whether there were more than the sheet can hold. */
  cut = false;
  #tlps = new Set<string>();
  #handling = new Set<string>();
  #authors = new Set<string>();
  #embargo = "";

  see(row: readonly string[]): void {
    this.rows++;
    this.#tlps.add(row[place.tlp]!);
    this.#authors.add(row[place.from]!);
    if (row[place.handling]) for (const one of row[place.handling]!.split(" ")) this.#handling.add(one);
    if (row[place.embargo]! > this.#embargo) this.#embargo = row[place.embargo]!;
  }

  /** The strictest of all rows. */
  get tlp(): Tlp | undefined {
    return tlps.find((level) => this.#tlps.has(level));
  }

  lines(about: About): string[][] {
    const { tlp } = this;
    return [
      ["What this is", `${this.rows} indicators of tips by ${[...this.#authors].join(", ") || "nobody"}.`],
      ["Exported", `By ${about.partner} from ${about.exchange}, ${about.at}.`],
      ...(about.purpose ? [["Purpose", about.purpose]] : []),
      ["", notEvidence],
      ...(tlp ? [[`TLP:${tlp.toUpperCase()}`, `${tlpWords[tlp]} Each row says its own; this is the strictest.`]] : []),
      ...[...this.#handling].sort().map((one) => [one, handlingWords[one as keyof typeof handlingWords] ?? ""]),
      ...(this.#embargo ? [["Embargo", `Some rows are embargoed, the longest until ${this.#embargo}.`]] : []),
      [
        "Records",
        "What a platform holds on an account is had by legal process: legal_process_url says where each author takes it.",
      ],
      [
        "Taken back",
        "A tip can be corrected or taken back, and this file does not notice: before anybody relies on a row, see by the tip's id whether it still stands.",
      ],
      [
        "Whose it is",
        "Where human_review says yes a person looks before anything is done: everything whose control is not operated (hacked, borrowed and impersonated things belong to others), and all of a tip that asks for it.",
      ],
      ...(this.cut
        ? [["NOT WHOLE", "There were more indicators than a sheet can hold. The rest is not here: export as CSV."]]
        : []),
    ];
  }
}

const at = (name: string): number => columns.findIndex((column) => column.name === name);
const place = { tlp: at("tlp"), handling: at("handling"), embargo: at("embargo_until"), from: at("from") };

export const columnLines = (): string[][] => columns.map(({ name, meaning }) => [name, meaning]);
