/** What a printed tip says besides the tip: who wrote it, and what its reader was handed of it before. A reading like any other. */
import type { Problem } from "../core/problem.ts";
import { ok, type Result } from "../core/result.ts";
import { first } from "../store/database.ts";
import { selectPartner } from "../store/partners.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { listAccesses } from "./list-accesses.ts";
import { findPurpose } from "./manage-purposes.ts";
import { readTip } from "./read-tip.ts";

/** The newest readings that a page has room for. */
const readings = 50;

interface PrintedAuthor {
  name: string;
  kind: string;
  country: string;
  /** As the directory has it: a tip need not name one. */
  contact?: Record<string, string>;
  legal_process_url?: string;
}

export interface ForPrint {
  /** As `GET /v1/tips/{tip}` answers with. */
  item: Record<string, unknown>;
  author: PrintedAuthor;
  accesses: { day: string; purpose?: string; door: string }[];
  purpose?: string;
}

/** Undefined: not there, not the caller's, or erased. */
export async function readForPrint(
  exchange: Exchange,
  caller: Caller,
  tip: string,
): Promise<Result<ForPrint | undefined, Problem>> {
  const read = await readTip(exchange, caller, tip, "print");
  if (!read.ok) return read;
  if (!read.value?.envelope) return ok(undefined);
  const { item } = read.value;
  const author = (await first(exchange.db, selectPartner(item.from as string)))!;
  const own = await listAccesses(exchange, caller, { tip, partner: caller.partner, limit: readings }, false);
  if (!own.ok) return own;
  const purpose = caller.purpose ? await findPurpose(exchange, caller.partner, caller.purpose) : undefined;
  return ok({
    item,
    author: {
      name: author.name,
      kind: author.kind,
      country: author.country,
      ...(author.contact && { contact: JSON.parse(author.contact) }),
      ...(author.legal_process_url && { legal_process_url: author.legal_process_url }),
    },
    accesses: own.value.items.map((access) => ({
      day: access.day as string,
      door: access.door as string,
      ...(access.legal_basis !== undefined && { purpose: purposeWords(access.legal_basis, access.case, access.unit) }),
    })),
    ...(purpose && { purpose: purposeWords(purpose.legal_basis, purpose.case_reference, purpose.unit) }),
  });
}

/** A purpose on one line. */
export const purposeWords = (basis: unknown, reference: unknown, unit: unknown): string =>
  `${basis}, case ${reference}, ${unit}`;
