/** What stands before a tip's indicators: who says it, how it may be handled, and which operation it is about. Always four objects. */

import type { SharedTip } from "../shared-tip.ts";
import { extended, present, type StixObject, stixTime } from "./extension.ts";
import { idOf } from "./ids.ts";
import { contactText, statementId, statementMarking, tlpIds, tlpMarking } from "./markings.ts";
import { uuidOfUrl } from "./uuid.ts";

export const headCount = 4;

/** Identity, TLP, statement, campaign: in this order. */
export function headObjects(tip: SharedTip): StixObject[] {
  const author = authorId(tip);
  return [identity(tip, author), tlpMarking(tip.document.tlp), statementMarking(tip, author), campaign(tip, author)];
}

const authorId = ({ exchange, from }: Pick<SharedTip, "exchange" | "from">): string => identityId(exchange, from.slug);

/** Of a partner, whatever it is to a tip. */
export const identityId = (exchange: string, slug: string): string =>
  `identity--${uuidOfUrl(`${exchange}/partners/${slug}`)}`;

const frames = new WeakMap<SharedTip, Record<string, unknown>>();

/** What all versioned objects of a tip bear alike. */
export function frameOf(tip: SharedTip): Record<string, unknown> {
  const frame = frames.get(tip) ?? {
    created_by_ref: authorId(tip),
    created: tip.created,
    modified: tip.modified,
    object_marking_refs: [tlpIds[tip.document.tlp], statementId(tip)],
  };
  frames.set(tip, frame);
  return frame;
}

const sectors: Partial<Record<SharedTip["from"]["kind"], string[]>> = {
  platform: ["technology"],
  law_enforcement: ["government"],
};

/** The directory's entry, whichever tip it comes with; `created` is the same for all, since an object has one. */
export function identity({ from, modified }: Pick<SharedTip, "from" | "modified">, id: string): StixObject {
  const contact = [
    contactText(from.contact ?? {}),
    from.legal_process_url && `legal process: ${from.legal_process_url}`,
  ]
    .filter(Boolean)
    .join("; ");
  return {
    type: "identity",
    spec_version: "2.1",
    id,
    created: "2026-01-01T00:00:00.000Z",
    modified,
    name: from.name,
    identity_class: "organization",
    ...present({ sectors: sectors[from.kind], contact_information: contact || undefined }),
    extensions: extended({ slug: from.slug, kind: from.kind }),
  } as StixObject;
}

function campaign(tip: SharedTip, author: string): StixObject {
  const { exchange, version, digest, seq, through, document } = tip;
  const { issued_at, expires_at, contact, basis, sharing_basis, references, operation } = document;
  const { id, name, aliases, summary, summary_lang, ...rest } = operation;
  const [first, last] = [stixTime(operation.first_seen), stixTime(operation.last_seen)];
  return {
    type: "campaign",
    spec_version: "2.1",
    id: idOf("campaign", tip.tip, 0),
    ...frameOf(tip),
    created_by_ref: author,
    name,
    ...present({
      description: summary,
      lang: summary_lang,
      aliases: aliases?.length ? aliases : undefined,
      first_seen: first,
      // STIX 2.1, section 4.2: not before the first.
      last_seen: first !== undefined && last !== undefined && last < first ? undefined : last,
      confidence: operation.assessment?.confidence,
    }),
    external_references: [
      { source_name: "tipoff", external_id: tip.tip, url: `${exchange}/v1/tips/${tip.tip}` },
      { source_name: "tipoff-operation", external_id: id },
      ...(references ?? []).map(({ title, url, sha256 }) => ({
        source_name: "tipoff-reference",
        description: title,
        ...present({ url, hashes: /^[0-9a-f]{64}$/i.test(sha256 ?? "") ? { "SHA-256": sha256 } : undefined }),
      })),
    ],
    extensions: extended({
      tip: present({
        exchange,
        tip: tip.tip,
        version,
        from: tip.from.slug,
        digest,
        seq,
        through,
        issued_at,
        expires_at,
        contact,
        basis,
        sharing_basis,
        references,
      }),
      operation: present({ id, ...rest }),
    }),
  } as StixObject;
}
