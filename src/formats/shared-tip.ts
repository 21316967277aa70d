/**
 * A tip as an export shows it to one reader: the signed document, and what the exchange says of it. All that STIX and MISP are
 * made of, so that the same tip gives the same objects at every door.
 */
import type * as z from "zod";
import type { Kind } from "../core/names.ts";
import type { contactSchema, TipDocument } from "../core/tip.ts";

export interface SharedTip {
  /** The exchange's issuer URL. */
  exchange: string;
  tip: string;
  version: number;
  /** The author, as the directory has it. */
  from: { slug: string; name: string; kind: Kind; contact?: z.infer<typeof contactSchema>; legal_process_url?: string };
  /** When its first version was accepted, RFC 3339 with milliseconds. */
  created: string;
  /** The version of what is made of it: when this version was accepted, or its reader gained sight of it. */
  modified: string;
  /** The signed document, parsed; of its indicators nothing is read: they come one by one, in canonical form. */
  document: TipDocument;
  /** The token by which it reached the reader. */
  through?: string;
  /** Of the signed document. */
  digest: string;
  seq: number;
  /** What the exchange says of its indicators (core's `markBits`), by ordinal. */
  marks?: ReadonlyMap<number, number>;
}
