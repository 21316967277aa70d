/** The directory of partners, open to partners, in the order of their slugs. */
import { all, json, sql } from "../store/database.ts";
import { type KeyRow, type PartnerRow, selectPartners } from "../store/partners.ts";
import { type PartnerView, partnerView } from "./enrol-partner.ts";
import type { Caller, Exchange } from "./exchange.ts";
import type { Page } from "./list-tips.ts";

/** The slug itself is the place to go on at: the directory has no epoch. */
export async function listPartners(
  exchange: Exchange,
  caller: Caller,
  { after = "", limit }: { after?: string; limit: number },
): Promise<Page<PartnerView>> {
  const rows = await all<PartnerRow>(exchange.db, selectPartners(after, limit + 1));
  const page = rows.slice(0, limit);
  const keys = await all<KeyRow>(
    exchange.db,
    sql`SELECT * FROM partner_key WHERE partner IN (SELECT value FROM json_each(${json(page.map((row) => row.slug))})) ORDER BY partner, added_at LIMIT 10000`,
  );
  const steward = caller.scopes.includes("admin");
  const more = rows.length > page.length;
  return {
    items: page.map((row) =>
      partnerView(
        row,
        keys.filter((key) => key.partner === row.slug),
        steward,
        exchange.now,
      ),
    ),
    next: more ? page.at(-1)!.slug : null,
    more,
  };
}
