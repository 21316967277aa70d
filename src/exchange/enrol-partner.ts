/** What the steward does with partners: enrols, changes, suspends. Slug, kind and country never change. */
import * as z from "zod";
import { platformOfDomain, staticSites } from "../core/indicators/platforms.ts";
import { canonicalise } from "../core/indicators/registry.ts";
import { country, grantableScopes, kinds, legalProcessUrl, short, slug } from "../core/names.ts";
import { type Fault, type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { batch, first, isTaken, json } from "../store/database.ts";
import { type KeyRow, selectKeysOf } from "../store/keys.ts";
import { insertPartner, type PartnerRow, replaceSites, selectPartner, updatePartner } from "../store/partners.ts";
import type { Exchange } from "./exchange.ts";
import { forgetSites } from "./sites.ts";

const contact = z
  .strictObject({ team: short, email: short, phone: short, hours: short, name: short, url: short })
  .partial();
const changeable = {
  name: short,
  platforms: z.array(z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, "Use a lower-case name.")).max(50),
  domains: z.array(z.string().max(253)).max(100),
  contact,
  scopes: z.array(z.enum(grantableScopes)).min(1).max(grantableScopes.length),
  dpop: z.boolean(),
  purpose_approval: z.boolean().describe("Of law enforcement: the steward approves each purpose before it counts."),
  attestation: z.string().min(1).max(2_000),
  ownership: slug
    .nullable()
    .describe(
      "Whose it is, as you attest: those of one ownership have one voice. Null: not attested, and no voice in disputes.",
    ),
  hold: z
    .enum(["auto", "never", "always"])
    .describe("Whether its new tips are held: by the exchange's rules, never, always."),
  legal_process_url: legalProcessUrl
    .nullable()
    .describe("Where it takes legal process: shown with each of its tips. Null: it states none."),
};
export const enrolmentSchema = z.strictObject({ ...changeable, slug, kind: z.enum(kinds), country }).partial({
  platforms: true,
  domains: true,
  contact: true,
  dpop: true,
  purpose_approval: true,
  attestation: true,
  ownership: true,
  hold: true,
  legal_process_url: true,
});
export const changeSchema = z.strictObject({ ...changeable, suspended: z.boolean() }).partial();

/** Domains in canonical form with the platform each stands for: the table's, the partner's one platform, one of that name, itself. */
function sitesOfPartner(domains: readonly string[], platforms: readonly string[]): Result<[string, string][], Fault[]> {
  const faults: Fault[] = [];
  const sites: [string, string][] = [];
  for (const [index, value] of domains.entries()) {
    const parsed = canonicalise({ type: "domain", value }, staticSites);
    if (!parsed.ok) {
      faults.push({ pointer: `/domains/${index}`, detail: parsed.error[0]?.detail ?? "Not a domain." });
      continue;
    }
    const domain = parsed.value.indicator.value as string;
    sites.push([domain, platformOfDomain(domain, platforms)]);
  }
  return faults.length > 0 ? err(faults) : ok(sites);
}

export async function enrolPartner(
  exchange: Exchange,
  enrolment: z.infer<typeof enrolmentSchema>,
): Promise<Result<PartnerView, Problem>> {
  const now = instant(exchange.now);
  const sites = sitesOfPartner(enrolment.domains ?? [], enrolment.platforms ?? []);
  if (!sites.ok) return err(problem("invalid-request", "Mend the domains.", sites.error));
  const refusal = scopeFault(enrolment.kind, enrolment.scopes) ?? approvalFault(enrolment.kind, enrolment);
  if (refusal) return err(refusal);
  try {
    await batch(exchange.db, [
      insertPartner({
        slug: enrolment.slug,
        name: enrolment.name,
        kind: enrolment.kind,
        country: enrolment.country,
        platforms: json(enrolment.platforms ?? []),
        domains: json(sites.value.map(([domain]) => domain)),
        contact: enrolment.contact ? json(enrolment.contact) : null,
        scopes: enrolment.scopes.join(" "),
        dpop: Number(enrolment.dpop || enrolment.kind === "law_enforcement"),
        purpose_approval: Number(enrolment.purpose_approval ?? false),
        attestation: enrolment.attestation ?? null,
        attested_at: enrolment.attestation ? now : null,
        enrolled_at: now,
        legal_process_url: enrolment.legal_process_url ?? null,
        ownership: enrolment.ownership ?? null,
        hold: enrolment.hold ?? "auto",
      }),
      ...replaceSites(enrolment.slug, sites.value),
    ]);
  } catch (error) {
    if (isTaken(error))
      return err(problem("taken", "That slug, or one of the domains, is taken. Slugs are never used again."));
    throw error;
  }
  forgetSites(exchange);
  return ok((await showPartner(exchange, enrolment.slug, true))!);
}

const scopeFault = (kind: string, granted: readonly string[]): Problem | undefined =>
  granted.includes("admin") && kind !== "steward"
    ? problem("invalid-request", "Only a steward holds admin.", [
        { pointer: "/scopes", detail: "admin is the steward's." },
      ])
    : undefined;

const approvalFault = (kind: string, asked: { purpose_approval?: boolean }): Problem | undefined =>
  asked.purpose_approval && kind !== "law_enforcement"
    ? problem("invalid-request", "Only law enforcement states purposes.", [
        { pointer: "/purpose_approval", detail: "There are no purposes to approve." },
      ])
    : undefined;

export async function changePartner(
  exchange: Exchange,
  partner: string,
  change: z.infer<typeof changeSchema>,
): Promise<Result<PartnerView | undefined, Problem>> {
  const row = await first(exchange.db, selectPartner(partner));
  if (!row) return ok(undefined);
  const now = instant(exchange.now);
  const platforms = change.platforms ?? (JSON.parse(row.platforms) as string[]);
  const sites = sitesOfPartner(change.domains ?? (JSON.parse(row.domains) as string[]), platforms);
  if (!sites.ok) return err(problem("invalid-request", "Mend the domains.", sites.error));
  const refusal = scopeFault(row.kind, change.scopes ?? []) ?? approvalFault(row.kind, change);
  if (refusal) return err(refusal);
  const suspended_at = change.suspended ? (row.suspended_at ?? now) : null;
  try {
    await batch(exchange.db, [
      updatePartner(partner, {
        platforms: json(platforms),
        domains: json(sites.value.map(([domain]) => domain)),
        ...(change.name !== undefined && { name: change.name }),
        ...(change.contact && { contact: json(change.contact) }),
        ...(change.scopes && { scopes: change.scopes.join(" ") }),
        ...(change.dpop !== undefined && row.kind !== "law_enforcement" && { dpop: Number(change.dpop) }),
        ...(change.purpose_approval !== undefined && { purpose_approval: Number(change.purpose_approval) }),
        ...(change.attestation && { attestation: change.attestation, attested_at: now }),
        ...(change.legal_process_url !== undefined && { legal_process_url: change.legal_process_url }),
        ...(change.ownership !== undefined && { ownership: change.ownership }),
        ...(change.hold && { hold: change.hold }),
        ...(change.suspended !== undefined && { suspended_at }),
      }),
      ...replaceSites(partner, sites.value),
    ]);
  } catch (error) {
    if (isTaken(error)) return err(problem("taken", "One of the domains is another partner's."));
    throw error;
  }
  forgetSites(exchange);
  return ok(await showPartner(exchange, partner, true));
}

export type PartnerView = Record<string, unknown>;

/** The directory's entry; the steward also sees scopes, attestation and suspension. */
export async function showPartner(
  exchange: Exchange,
  partner: string,
  steward: boolean,
): Promise<PartnerView | undefined> {
  const [[row], keys] = await batch(exchange.db, [selectPartner(partner), selectKeysOf(partner)]);
  return row && partnerView(row, keys, steward, exchange.now);
}

export const partnerView = (row: PartnerRow, keys: readonly KeyRow[], steward: boolean, now: number): PartnerView => ({
  slug: row.slug,
  name: row.name,
  kind: row.kind,
  country: row.country,
  platforms: JSON.parse(row.platforms),
  domains: JSON.parse(row.domains),
  ...(row.contact && { contact: JSON.parse(row.contact) }),
  ...(row.legal_process_url && { legal_process_url: row.legal_process_url }),
  // A key that never became active verified nothing.
  keys: keys.filter((key) => key.state !== "cancelled").map((key) => keyView(key, now)),
  ...(steward && {
    scopes: row.scopes.split(" "),
    dpop: row.dpop === 1,
    ...(row.kind === "law_enforcement" && { purpose_approval: row.purpose_approval === 1 }),
    attestation: row.attestation,
    attested_at: row.attested_at,
    enrolled_at: row.enrolled_at,
    suspended_at: row.suspended_at,
    ownership: row.ownership,
    hold: row.hold,
  }),
});

export const keyView = (key: KeyRow, now: number): Record<string, unknown> => ({
  kid: key.kid,
  jwk: JSON.parse(key.jwk),
  state: key.state === "active" && key.active_from > instant(now) ? "waiting" : key.state,
  active_from: key.active_from,
  ...(key.retired_at && { retired_at: key.retired_at }),
  ...(key.compromised_since && { compromised_since: key.compromised_since }),
});
