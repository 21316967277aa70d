/** The sample world of a first start: a steward, two groups, four partners, over the real API with invitations and keys. */
import { calculateJwkThumbprint, type JWK } from "jose";
import { loadProfile, otherProfile, profileNames, saveProfile } from "../src/cli/home.ts";
import { connect } from "../src/client/connect.ts";
import { join } from "../src/client/join.ts";
import type { Identity } from "./runtime.ts";

const scopes = ["tips:read", "tips:write", "match", "feedback", "subscriptions", "keys"];
const contact = (slug: string) => ({ team: "Threat intelligence", email: `ti@${slug}.example` });

export const samplePartners = [
  {
    slug: "chirper",
    name: "Chirper",
    kind: "platform",
    country: "XA",
    platforms: ["chirper"],
    domains: ["chirper.example"],
    contact: contact("chirper"),
    legal_process_url: "https://chirper.example/legal",
    scopes,
  },
  {
    slug: "facepage",
    name: "Facepage",
    kind: "platform",
    country: "XB",
    platforms: ["facepage"],
    domains: ["facepage.example"],
    contact: contact("facepage"),
    legal_process_url: "https://facepage.example/legal",
    scopes,
  },
  {
    slug: "cyber-unit",
    name: "Cyber Unit of XA",
    kind: "law_enforcement",
    country: "XA",
    contact: contact("cyber-unit"),
    scopes: ["tips:read", "match", "feedback", "keys"],
  },
  {
    slug: "observatory",
    name: "The Observatory",
    kind: "research",
    country: "XB",
    contact: contact("observatory"),
    scopes,
  },
];

/** Where an exchange that was started on another port now answers: a profile's address changes, its identity and key do not. */
export function moveProfiles(identity: Identity, url: string): void {
  for (const name of profileNames()) {
    const { profile } = loadProfile(name, undefined);
    if (profile.exchange === identity.exchange && profile.url !== url) saveProfile(name, { ...profile, url });
  }
}

/**
 * Makes what is missing, so that a start that was cut short goes on with the next. Once it has returned it is not to run again:
 * it would undo what the steward changed since. Profiles of another exchange or key are left as they are, and end it.
 */
export async function seed(url: string, identity: Identity, home: string): Promise<void> {
  process.env.TIPOFF_HOME = home;
  const { d: _private, ...open } = identity.steward_key as JWK;
  const profile = {
    exchange: identity.exchange,
    url,
    partner: "steward",
    kid: await calculateJwkThumbprint(open),
    jwk: identity.steward_key as JWK,
  };
  saveProfile("steward", profile);
  const steward = await connect(profile);
  const { partners } = await steward.call<{ partners: { slug: string; keys: unknown[] }[] }>("GET", "/v1/partners");
  for (const partner of samplePartners) {
    const there = partners.find((known) => known.slug === partner.slug);
    if (!there) await steward.call("POST", "/v1/partners", { ...partner, attestation: "A sample partner." });
    if (there && there.keys.length > 0) continue;
    // Before the partner has a key: it would be lost.
    if (profileNames().includes(partner.slug)) throw otherProfile(partner.slug);
    const { code } = await steward.call<{ code: string }>("POST", `/v1/partners/${partner.slug}/invitations`, {});
    const joined = (await join(url, code)).profile;
    const purpose = {
      type: "tipoff_purpose" as const,
      legal_basis: "court-order",
      case: "SAMPLE-1",
      unit: "Unit 3",
      until: new Date(Date.now() + 90 * 86_400_000).toISOString(),
    };
    saveProfile(partner.slug, { ...joined, ...(partner.kind === "law_enforcement" && { purpose }) });
  }
  const { groups } = await steward.call<{ groups: { slug: string }[] }>("GET", "/v1/groups");
  for (const [slug, name, mixed, members] of [
    ["election-cell", "Election cell", false, ["chirper", "facepage", "observatory"]],
    ["harbour-forum", "Harbour forum", true, ["chirper", "facepage", "cyber-unit"]],
  ] as const) {
    if (!groups.some((known) => known.slug === slug))
      await steward.call("POST", "/v1/groups", { slug, name, mixed, open_roster: true });
    for (const member of members) await steward.call("PUT", `/v1/groups/${slug}/members/${member}`);
  }
}
