/** What the doors for partners, keys and groups answer with. */
import * as z from "zod";
import { country, digest, grantableScopes, kinds, legalProcessUrl, slug, time } from "../../core/names.ts";

const jwkMember = z.string().max(128);

export const publicJwk = z
  .strictObject({
    kty: z.enum(["OKP", "EC"]),
    crv: z.enum(["Ed25519", "P-256"]),
    x: jwkMember,
    y: jwkMember.optional(),
  })
  .meta({ id: "PublicJwk", description: "An Ed25519 or P-256 public key (RFC 7517)." });

const serverJwk = z
  .strictObject({
    ...publicJwk.shape,
    kid: digest,
    alg: z.literal("EdDSA"),
    use: z.literal("sig"),
    key_ops: z.array(z.string()).optional(),
    ext: z.boolean().optional(),
  })
  .meta({ id: "ExchangeJwk", description: "A public key of the exchange." });
export const jwks = z.strictObject({ keys: z.array(serverJwk).min(1) }).meta({ id: "Jwks" });

const keyMembers = {
  kid: digest.describe("RFC 7638 thumbprint."),
  jwk: publicJwk,
  state: z.enum(["waiting", "active", "cancelled", "retired", "compromised"]),
  active_from: time,
  retired_at: time.optional(),
  compromised_since: time.optional().describe("What was signed since is suspended."),
};
export const key = z.strictObject(keyMembers).meta({ id: "Key" });
export const ownKey = z
  .strictObject({ ...keyMembers, introduced_by: digest.nullable().describe("The key that added it.") })
  .meta({ id: "OwnKey" });

export const compromised = z
  .strictObject({
    keys: z.array(digest).describe("The key, and those it introduced since."),
    tips_suspended: z.int().min(0),
  })
  .meta({ id: "Compromised" });

const contact = z
  .strictObject({
    team: z.string(),
    email: z.string(),
    phone: z.string(),
    hours: z.string(),
    name: z.string(),
    url: z.string(),
  })
  .partial();

const scopeList = z.array(z.enum(grantableScopes));

export const partner = z
  .strictObject({
    slug,
    name: z.string(),
    kind: z.enum(kinds),
    country,
    platforms: z.array(z.string()),
    domains: z.array(z.string()),
    contact: contact.optional(),
    legal_process_url: legalProcessUrl.optional().describe("Where it takes legal process."),
    keys: z.array(key),
    scopes: scopeList.optional().describe("For the steward alone."),
    dpop: z.boolean().optional().describe("For the steward alone: whether its tokens must be bound to a key."),
    purpose_approval: z
      .boolean()
      .optional()
      .describe("For the steward alone: whether it approves each purpose of this agency."),
    attestation: z.string().nullable().optional().describe("For the steward alone: how the kind was checked."),
    attested_at: time.nullable().optional().describe("For the steward alone."),
    enrolled_at: time.optional().describe("For the steward alone."),
    suspended_at: time.nullable().optional().describe("For the steward alone."),
    ownership: slug.nullable().optional().describe("For the steward alone: whose it is, as attested."),
    hold: z
      .enum(["auto", "never", "always"])
      .optional()
      .describe("For the steward alone: whether its new tips are held."),
  })
  .meta({ id: "Partner", description: "A partner in the directory." });

export const invitation = z
  .strictObject({
    code: z.string().describe("Shown once; kept hashed. It is used up by one join."),
    partner: slug,
    expires_at: time,
  })
  .meta({ id: "Invitation" });

export const group = z
  .strictObject({
    slug,
    name: z.string(),
    mixed: z.boolean().describe("Whether law enforcement may be a member; never changes."),
    open_roster: z.boolean().describe("Whether members see who else is one."),
    members: z.array(slug).optional().describe("For the steward, and for members where the roster is open."),
  })
  .meta({ id: "Group" });

export const membership = z
  .strictObject({
    group: slug,
    partner: slug,
    since: z.int().min(0).describe("The `seq` at which it began: what was addressed before is not seen."),
  })
  .meta({ id: "Membership" });

const amounts = z.strictObject({
  requests: z.int(),
  bytes: z.int(),
  index_keys: z.int(),
  questions: z.int(),
  calls: z.int(),
});

export const me = z
  .strictObject({
    partner: slug,
    kind: z.enum(kinds),
    country,
    holds: z.array(z.string()).describe("The tokens of audiences by which tips reach you."),
    places: z.array(z.string()).describe('Your own platforms and domains, which decide what is "for you".'),
    scopes: scopeList.describe("Of this token, as far as they are still granted."),
    quotas: z.strictObject({ used: amounts, limits: amounts }).describe("Of this day in UTC."),
  })
  .meta({ id: "Me" });
