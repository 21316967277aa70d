/** The site map with what partners registered. Kept in the worker's memory for a minute: it decides names, never sight. */

import type { Sites } from "../core/indicators/family.ts";
import { sitesWith } from "../core/indicators/platforms.ts";
import { all } from "../store/database.ts";
import { selectSites } from "../store/partners.ts";
import type { Exchange } from "./exchange.ts";

interface Kept {
  until: number;
  sites: Sites;
}
const kept = new WeakMap<D1Database, Kept>();

export async function sitesOf(exchange: Exchange): Promise<Sites> {
  const known = kept.get(exchange.db);
  if (known && known.until > exchange.now && known.until <= exchange.now + 60_000) return known.sites;
  const rows = await all(exchange.db, selectSites);
  const sites = sitesWith(new Map(rows.map((row) => [row.domain, row.platform])));
  kept.set(exchange.db, { until: exchange.now + 60_000, sites });
  return sites;
}

/** After a partner's domains changed in this worker. */
export const forgetSites = (exchange: Exchange): void => void kept.delete(exchange.db);
