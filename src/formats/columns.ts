/**
 * The columns of an export: one row for each indicator of a tip. Their order never changes; new ones are added at the end. The
 * heading of a file, docs/exporting.md and the sheet "Read me first" are made of this list, and what it writes of an indicator
 * is read back equal (`read-export.ts`).
 */
import type { Indicator } from "../core/indicators/family.ts";
import { labelOf } from "../core/indicators/registry.ts";
import { namesOf } from "../core/marks.ts";
import { isForReview, type TipDocument } from "../core/tip.ts";

/** What an export says of the tip in each row: a tip as lists show it, and its author's address for legal process. */
export interface ExportedTip
  extends Pick<TipDocument, "tip" | "version" | "from" | "tlp" | "handling" | "embargo" | "ask" | "contact"> {
  operation: { id: string; name: string };
  seq: number;
  accepted_at: string;
  through: string;
  digest: string;
  legal_process_url?: string;
  /** What the exchange says of its indicators, by ordinal. */
  marks?: ReadonlyMap<number, number>;
}

/** A cell is text; `number` only where digits are counted, never where they name something; `list` is divided by spaces. */
type Form = "text" | "number" | "list" | "extensions";

export interface Column {
  name: string;
  meaning: string;
  form: Form;
  /** In characters, of a spreadsheet's column. */
  width: number;
  /** What the cell holds of the tip; without it the column is the indicator's member of that name. */
  of?: (tip: ExportedTip, ordinal: number, indicator: Indicator) => string | undefined;
}

const ofTip = (name: string, meaning: string, width: number, of: NonNullable<Column["of"]>, form: Form = "text") =>
  ({ name, meaning, form, width, of }) satisfies Column;
const member = (name: string, meaning: string, width = 16, form: Form = "text"): Column => ({
  name,
  meaning,
  form,
  width,
});

export const columns: readonly Column[] = [
  ofTip("seq", "The tip's place in the exchange's order.", 8, (tip) => String(tip.seq), "number"),
  ofTip("ordinal", "The indicator's place in the tip, from 0.", 8, (_, ordinal) => String(ordinal), "number"),
  ofTip("tlp", "Traffic Light Protocol: how far you may share it.", 12, (tip) => tip.tlp),
  ofTip("handling", "What the author forbids or wants minded.", 28, (tip) => tip.handling?.join(" "), "list"),
  ofTip("embargo_until", "Until then what embargo_no names must not happen.", 21, (tip) => tip.embargo?.until),
  ofTip("embargo_no", "What must not happen before embargo_until.", 20, (tip) => tip.embargo?.no.join(" "), "list"),
  ofTip("from", "The partner that wrote the tip.", 16, (tip) => tip.from),
  ofTip("operation_name", "The operation the tip is about.", 24, (tip) => tip.operation.name),
  member("type", "What kind of thing: account, domain, ip …", 10),
  member("platform", "Where an account or a post is.", 14),
  member("kind", "Of an account: profile, page, group …; of a name: whose.", 11),
  ofTip("label", "The indicator on one line, to read and to search by.", 36, (_tip, _at, indicator) =>
    labelOf(indicator),
  ),
  member("id", "The platform's, store's or chain's own id. Text: it loses no digit.", 22),
  member("handle", "The account's name in its URL, without @.", 20),
  member("display_name", "The name shown beside it; anybody can choose it.", 24),
  member("url", "The account's or post's page.", 36),
  member("value", "The address, domain, URL, hash or text itself.", 36),
  member("role", "What it did in the operation.", 14),
  member(
    "control",
    "Whose it is; all but operated is for human review, and no word there means that nobody knows.",
    14,
  ),
  member("confidence", "The author's, 0 to 100; empty is not stated, never zero.", 11, "number"),
  member("service", "Of an address: vpn, tor, mobile … are shared by many people.", 12),
  member("first_seen", "When the author first saw it in the operation.", 12),
  member("last_seen", "When it last did.", 12),
  member("valid_until", "Until when the author holds it to be true, where stated.", 12),
  member("persona", "Ties the indicators of one invented person.", 16),
  member("note", "The author's words on it.", 40),
  ofTip("ask", "What the author asks of you; not legal process.", 20, (tip) => tip.ask?.for.join(" "), "list"),
  ofTip("urgency", "How urgent that is.", 10, (tip) => tip.ask?.urgency),
  ofTip("respond_by", "By when an answer is hoped for.", 21, (tip) => tip.ask?.respond_by),
  ofTip("preserve_until", "Until when records are asked to be kept.", 14, (tip) => tip.ask?.preserve_until),
  ofTip("contact_team", "Whom to ask at the author's.", 20, (tip) => tip.contact?.team),
  ofTip("contact_email", "Their e-mail address.", 26, (tip) => tip.contact?.email),
  ofTip("contact_phone", "Their telephone number.", 18, (tip) => tip.contact?.phone),
  ofTip(
    "legal_process_url",
    "Where the author takes legal process for its records.",
    36,
    (tip) => tip.legal_process_url,
  ),
  ofTip("tip", "The tip's id.", 38, ({ tip }) => tip),
  ofTip("version", "The tip's version; a later one replaces it.", 8, (tip) => String(tip.version), "number"),
  ofTip("operation_id", "The operation's id: several tips can be about one.", 38, (tip) => tip.operation.id),
  ofTip("accepted_at", "When the exchange accepted that version.", 25, (tip) => tip.accepted_at),
  ofTip("through", "Why you see it: the token of its audience that reached you.", 22, (tip) => tip.through),
  ofTip("tip_digest", "SHA-256 of the signed document, by which the tip is verified.", 46, (tip) => tip.digest),
  member("former_handles", "Names it had before.", 24, "list"),
  member("created_at", "When the account was made.", 12),
  member("followers", "How many it had.", 10, "number"),
  member("status", "As the author last knew it: suspended, say.", 12),
  member("author", "Of a post: the handle of who wrote it.", 20),
  member("author_id", "Of a post: the id of who wrote it.", 22),
  member("algorithm", "Of a hash: md5, sha1, sha256; pdq for pictures.", 10),
  member("of", "What the hash was made of.", 10),
  member("filename", "The name of the file.", 24),
  member("provider", "Who runs the address.", 18),
  member("asn", "The autonomous system it is in.", 10, "number"),
  member("store", "Where an app is to be had.", 12),
  member("chain", "Of a wallet.", 12),
  member("impersonates", "Of a domain: the one it passes itself off as.", 24),
  member("registered_at", "When a domain was registered.", 12),
  member("redirects_to", "Where a URL leads.", 36),
  member("digest", "SHA-256 instead of an address, number or text: a pseudonym, not anonymity.", 46),
  member("procedures", "What was done: ook: Online Operations Kill Chain, disarm: DISARM.", 20, "list"),
  member("basis", "What the attribution rests on.", 20, "list"),
  member("targets", "Countries aimed at.", 12, "list"),
  member("lang", "The language of the text.", 8),
  member("translation", "The author's.", 36),
  member("reported_at", "When it was reported.", 12),
  member("extensions", "Members of the author's own, x-…, as JSON.", 24, "extensions"),
  ofTip(
    "human_review",
    "yes: nothing may be done on it by itself; a person looks first, be it for its control, its state or the tip's handling.",
    13,
    ({ handling, marks }, at, { control }) => (isForReview(handling, control, marks?.get(at)) ? "yes" : undefined),
  ),
  ofTip(
    "state",
    "What the exchange says of it beside the document: disputed, undecided (for 14 days), appealed (an appeal was upheld).",
    20,
    ({ marks }, at) => namesOf(marks?.get(at)).join(" "),
    "list",
  ),
];

/** The columns that hold an indicator; the others speak of its tip. */
export const memberColumns: readonly Column[] = columns.filter(({ of }) => of === undefined);

/** One row, a cell for each column, empty where there is nothing to say. */
export const rowOf = (tip: ExportedTip, ordinal: number, indicator: Indicator): string[] =>
  columns.map((column) => (column.of ? (column.of(tip, ordinal, indicator) ?? "") : memberOf(column, indicator)));

function memberOf({ name, form }: Column, indicator: Indicator): string {
  if (form === "extensions") return extensionsOf(indicator);
  const value = indicator[name];
  if (value === undefined) return "";
  return form === "list" ? (value as unknown[]).join(" ") : String(value);
}

function extensionsOf(indicator: Indicator): string {
  const found = Object.entries(indicator).filter(([name]) => name.startsWith("x-"));
  return found.length === 0 ? "" : JSON.stringify(Object.fromEntries(found));
}

/** The same as an object for NDJSON: what the columns say of the tip, numbers and lists as such, and the indicator whole. */
export function objectOf(tip: ExportedTip, ordinal: number, indicator: Indicator): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const { name, form, of } of columns) {
    const cell = of?.(tip, ordinal, indicator);
    if (cell) found[name] = form === "number" ? Number(cell) : form === "list" ? cell.split(" ") : cell;
  }
  return { ...found, indicator };
}
