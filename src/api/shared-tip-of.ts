/** A sight as the formats read a tip: one for the doors of others' tools, so that they say the same of it. */
import type { Kind } from "../core/names.ts";
import type { Sight } from "../exchange/read-sights.ts";
import type { SharedTip } from "../formats/shared-tip.ts";

/** `modified`: the version of what is made of it. Where no document was read there is of it what lists show. */
export const sharedTipOf = (exchange: string, { row, document, marks }: Sight, modified: string): SharedTip => ({
  exchange,
  tip: row.tip,
  version: row.version,
  from: {
    slug: row.author,
    name: row.author_name,
    kind: row.author_kind as Kind,
    ...(row.author_contact !== null && { contact: JSON.parse(row.author_contact) }),
    ...(row.legal_process_url !== null && { legal_process_url: row.legal_process_url }),
  },
  created: row.created,
  modified,
  document: document ?? JSON.parse(row.heading),
  through: row.through,
  digest: row.digest,
  seq: row.seq,
  marks,
});
