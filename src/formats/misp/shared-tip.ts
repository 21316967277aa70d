/** A tip as an export shows it to one reader: the signed document, and what the exchange says of it. */
import type { Kind } from "../../core/names.ts";
import type { TipDocument } from "../../core/tip.ts";

export interface SharedTip {
  exchange: string;
  tip: string;
  version: number;
  from: { slug: string; name: string; kind: Kind };
  /** When the first and when this version was accepted, RFC 3339 with milliseconds. */
  created: string;
  modified: string;
  /** The whole signed document, parsed. */
  document: TipDocument;
  /** The token by which it reached the reader. */
  through?: string;
  digest: string;
  seq: number;
}
