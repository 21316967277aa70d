/** A world for a test: the real Worker and real local D1, with partners enrolled. */
import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { limits } from "../../src/core/limits.ts";
import type { Scope as AnyScope, Kind } from "../../src/core/names.ts";
import { enrolPartner } from "../../src/exchange/enrol-partner.ts";
import { type Env, type Exchange, exchangeOf } from "../../src/exchange/exchange.ts";
import { addMember, makeGroup } from "../../src/exchange/manage-groups.ts";
import { batch } from "../../src/store/database.ts";
import { insertKey } from "../../src/store/keys.ts";
import { watch } from "./d1-limits.ts";
import { allScopes, Member, newKey } from "./member.ts";

/** The database itself; the Worker is given it behind production's limits. */
let real: D1Database | undefined;

/** For the tests' own statements, which are not the product's. */
export const ground = (): D1Database => real!;

/** The share of time is another test's matter: on a busy machine it would refuse what is only slow. */
const { large } = limits as unknown as { large: { burst_seconds: number } };
export const usualBurst = large.burst_seconds;
export const setBurst = (seconds: number): void => {
  large.burst_seconds = seconds;
};

type Scope = Exclude<AnyScope, "purposes">;

export async function freshWorld(): Promise<void> {
  setBurst(1e6);
  const bindings = env as unknown as Env & { TEST_MIGRATIONS: D1Migration[] };
  real ??= bindings.DB;
  // The first reset after another file may leave that file's rows in place; the next does not.
  for (let tries = 0; ; tries++) {
    await reset();
    await applyD1Migrations(real, bindings.TEST_MIGRATIONS);
    const left = await real.prepare("SELECT count(*) AS n FROM partner").first<number>("n");
    if (left === 0) break;
    if (tries > 5) throw new Error("The database could not be emptied.");
  }
  bindings.DB = watch(real);
}
type D1Migration = { name: string; queries: string[] };

export async function exchangeNow(now = Date.now()): Promise<Exchange> {
  const bindings = env as unknown as Env;
  return exchangeOf(bindings, now, () => {});
}

/** Enrols straight through the deed, which is quicker than invitations; joining has a test of its own. */
export async function enrol(
  slug: string,
  kind: Kind,
  options: {
    country?: string;
    platforms?: string[];
    domains?: string[];
    scopes?: Scope[];
    legal_process_url?: string;
    ownership?: string;
    /** Tests fill: a flood is another test's matter. */
    hold?: "auto" | "always";
  } = {},
): Promise<Member> {
  const exchange = await exchangeNow();
  const scopes: Scope[] = options.scopes ?? (kind === "steward" ? ["admin", "keys", "tips:read"] : allScopes);
  const enrolled = await enrolPartner(exchange, {
    slug,
    name: slug,
    kind,
    country: options.country ?? "XA",
    platforms: options.platforms ?? [],
    domains: options.domains ?? [],
    scopes,
    legal_process_url: options.legal_process_url,
    hold: options.hold ?? "never",
    ownership: options.ownership,
  });
  if (!enrolled.ok) throw new Error(JSON.stringify(enrolled.error));
  const signer = await newKey();
  const now = new Date(exchange.now - 30 * 86_400_000).toISOString();
  await batch(exchange.db, [
    insertKey({ kid: signer.kid, partner: slug, jwk: signer.jwk, active_from: now, introduced_by: null }, now),
  ]);
  return new Member(slug, kind, signer);
}

export async function group(slug: string, members: Member[], mixed = false): Promise<void> {
  const exchange = await exchangeNow();
  await makeGroup(exchange, { slug, name: slug, mixed, open_roster: false });
  for (const member of members) {
    const added = await addMember(exchange, slug, member.slug);
    if (!added.ok) throw new Error(JSON.stringify(added.error));
  }
}
