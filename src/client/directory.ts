/** The directory of partners: who can be addressed, whose domain is whose platform, and whose keys sign. */
import type { JWK } from "jose";
import type { Sites } from "../core/indicators/family.ts";
import { platformOfDomain, sitesWith } from "../core/indicators/platforms.ts";
import type { Kind } from "../core/names.ts";
import type { Connection } from "./connect.ts";
import type { KeySet, SavedKey } from "./verify.ts";

export interface Partner {
  slug: string;
  name: string;
  kind: Kind;
  /** ISO 3166, two capitals. */
  country: string;
  platforms: string[];
  domains: string[];
  contact?: Record<string, string>;
  /** Where it takes legal process. */
  legal_process_url?: string;
  keys: SavedKey[];
}

/**
 * Every partner of the exchange, all pages. Throws as `call` does.
 *
 * @example
 * ```js
 * const platforms = (await listPartners(exchange)).filter((partner) => partner.kind === "platform");
 * ```
 */
export async function listPartners(connection: Connection): Promise<Partner[]> {
  const partners: Partner[] = [];
  for (let after = ""; ; ) {
    const page = await connection.call<{ partners: Partner[]; next: string | null }>(
      "GET",
      `/v1/partners?limit=200${after && `&after=${after}`}`,
    );
    partners.push(...page.partners);
    if (!page.next) return partners;
    after = page.next;
  }
}

/**
 * Which platform a host stands for, with what partners registered: with it `importReport` reads a value on a partner's
 * domain as that partner's.
 *
 * @example
 * ```js
 * const sites = sitesOf(await listPartners(exchange));
 * sites.platformOf("www.chirper.example"); // "chirper"
 * ```
 */
export function sitesOf(partners: readonly Pick<Partner, "platforms" | "domains">[]): Sites {
  const named = partners.flatMap(({ platforms, domains }) =>
    domains.map((domain) => [domain, platformOfDomain(domain, platforms)] as const),
  );
  return sitesWith(new Map(named));
}

/**
 * The public keys of the exchange and of all partners, as plain JSON: keep it, and `verifyTip` needs no network. It is as
 * trustworthy as the connection it came over, and does not know keys that were registered later. Throws as `call` does.
 *
 * @example
 * ```js
 * writeFileSync("keys.json", JSON.stringify(await fetchKeySet(exchange)));
 * ```
 */
export async function fetchKeySet(connection: Connection): Promise<KeySet> {
  return keySetWith(connection, await listPartners(connection));
}

/** The same where the partners are there already. */
export const keySetWith = async (connection: Connection, partners: readonly Partner[]): Promise<KeySet> => ({
  exchange: connection.profile.exchange,
  jwks: await connection.call<{ keys: JWK[] }>("GET", "/.well-known/jwks.json"),
  partners: Object.fromEntries(partners.map((partner) => [partner.slug, partner.keys])),
});
