/** The directory of partners, open to partners, in the order of their slugs. */
import { all } from "../store/database.ts";
import { selectKeysOfAll } from "../store/keys.ts";
import { selectPartners } from "../store/partners.ts";
import { type PartnerView, partnerView } from "./enrol-partner.ts";
import type { Caller, Exchange } from "./exchange.ts";
import type { Page } from "./list-tips.ts";

/** The slug itself is the place to go on at: the directory has no epoch. */
export async function listPartners(
  exchange: Exchange,
  caller: Caller,
  { after = "", limit }: { after?: string; limit: number },
): Promise<Page<PartnerView>> {
  const rows = await all(exchange.db, selectPartners(after, limit + 1));
  const page = rows.slice(0, limit);
  const keys = await all(exchange.db, selectKeysOfAll(page.map((row) => row.slug)));
  const keysOf = (slug: string) => keys.filter((key) => key.partner === slug);
  const steward = caller.scopes.includes("admin");
  const more = rows.length > page.length;
  return {
    items: page.map((row) => partnerView(row, keysOf(row.slug), steward, exchange.now)),
    next: more ? page.at(-1)!.slug : null,
    more,
  };
}
