/** Reading tips: one whole, or the list of those you may see. Each reading is recorded by the exchange. */
import type { Tlp } from "../core/audience.ts";
import type { Envelope } from "../core/envelope.ts";
import type { Mark, Marks } from "../core/marks.ts";
import type { TipDocument, TipState } from "../core/tip.ts";
import type { TriageFilter } from "../core/triage.ts";
import type { Connection } from "./connect.ts";
import { rowsOf } from "./pages.ts";
import type { Triage } from "./triage.ts";

/** That a tip relates to another: the word of the author of either, which nobody has judged. */
export interface Claim {
  /** `reply`, `adds-to`, `same-operation`, `duplicates`. */
  relation: string;
  tip: string;
  related: string;
  claimed_by: string;
}

/** A tip as lists show it (`/openapi.json`, schema `TipItem`). Times are RFC 3339 in UTC. */
export interface TipItem {
  tip: string;
  version: number;
  from: string;
  accepted_at: string;
  /** When its first version was. */
  first_accepted_at: string;
  issued_at: string;
  expires_at: string;
  tlp: Tlp;
  handling: NonNullable<TipDocument["handling"]>;
  pap?: TipDocument["pap"];
  embargo?: TipDocument["embargo"];
  ask?: TipDocument["ask"];
  contact?: TipDocument["contact"];
  operation: { id: string; name: string; actor?: string; summary?: string };
  indicators: { total: number; by_type: Record<string, number> };
  /** How many of them the exchange marks, for a person to look at; absent where none is. */
  marked?: Partial<Record<Mark, number>>;
  /** By which token it reached you; `author` for your own. */
  through: string;
  /** Of your own: how it stands with it. Nobody else sees one that has ended. */
  state?: TipState;
  /** How many indicators lie on your own platforms and domains, and what is asked. */
  for_you: { indicators: number; ask?: string[]; respond_by?: string };
  /** Only relations to tips you may see. */
  relates_to?: { tip: string; relation: string }[];
  /** What its document does not say: others' tips relate to it, or it was claimed without a tip. */
  claims?: Claim[];
  /** Your own team's word on it; of your own tips only where you said something. */
  triage?: Triage;
  /** Where its author takes legal process. */
  legal_process_url?: string;
  digest: string;
  seq: number;
  /** The exchange's signature that it accepted this version, and when: `verifyTip` takes it. */
  receipt: string;
}

export interface ReadTip extends TipItem {
  envelope: Envelope;
  /** What the envelope says. Not verified here: `verifyTip` does that. */
  document: TipDocument;
  /** Which are marked, by their places. The document stays as it was signed. */
  marks?: Marks;
  warnings: { pointer: string; detail: string }[];
  /** What partners said of it, in counts: to others than its author from five of them on. */
  feedback?: { reporters: number; by_status: Record<string, number> };
  /** Of a later version: how many indicators it adds, tells otherwise, and leaves out. */
  difference?: { added: number; changed: number; removed: number };
  /** To its author alone. */
  revision?: number;
  audience?: Envelope;
  audience_digest?: string;
}

/**
 * One tip with its document. Throws ExchangeProblem 404 where it is not there or not yours, which are the same answer.
 *
 * @example
 * ```js
 * const tip = await readTip(exchange, id);
 * console.log(tip.from, tip.operation.name, tip.for_you.indicators, "of", tip.indicators.total, "are ours");
 * ```
 */
export const readTip = (connection: Connection, tip: string): Promise<ReadTip> =>
  connection.call("GET", `/v1/tips/${tip}`);

/**
 * The same made for paper: an HTML page without scripts or links. Throws as `readTip` does.
 *
 * @example
 * ```js
 * await writeFile("tip.html", await printTip(exchange, id));
 * ```
 */
export const printTip = async (connection: Connection, tip: string): Promise<string> =>
  (await connection.open(`/v1/tips/${tip}/print`)).text();

export interface TipFilter {
  from?: string;
  tlp?: Tlp;
  operation?: string;
  /** A type of indicator. */
  type?: string;
  platform?: string;
  /** RFC 3339, or a day. */
  since?: string;
  through?: string;
  urgency?: string;
  /** Only what lies on your own platforms and domains. */
  for_you?: boolean;
  /** Your own that stand so; `live` leaves others' too. */
  state?: TipState;
  /** How it stands with your team: `open` is new or working, and not snoozed. */
  triage?: TriageFilter;
  assignee?: string;
}

/**
 * The tips you may see, newest first, page by page as they are wanted. Throws as `call` does.
 *
 * @example
 * ```js
 * for await (const tip of listTips(exchange, { for_you: true })) console.log(tip.from, tip.operation.name);
 * ```
 */
export const listTips = (connection: Connection, filter: TipFilter = {}): AsyncGenerator<TipItem, void, undefined> =>
  rowsOf(connection, "/v1/tips", "tips", { ...filter });
