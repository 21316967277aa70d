/**
 * The token endpoint: client credentials with `private_key_jwt` (RFC 7523), answered with a five-minute `at+jwt` (RFC 9068)
 * that names the key that asked for it. An assertion is used once; law enforcement states a purpose that counts, or gets nothing
 * but the scope to see to its purposes.
 */
import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, jwtVerify, SignJWT } from "jose";
import { sha256 } from "../core/envelope.ts";
import { limits } from "../core/limits.ts";
import { boundScopes, needsProof, type Scope, scopes, scopesOf } from "../core/names.ts";
import { type Purpose, readPurpose } from "../core/purpose.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant, parseTime } from "../core/time.ts";
import { refusedForPurpose } from "../exchange/count-refusal.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { findPurpose, purposeRow } from "../exchange/manage-purposes.ts";
import { batch, first, isTaken, type SQLWrapper } from "../store/database.ts";
import { selectKey } from "../store/keys.ts";
import { type PartnerRow, selectPartner } from "../store/partners.ts";
import { insertPurpose } from "../store/purposes.ts";
import { selectUsed, useOnce } from "../store/quotas.ts";
import { plain } from "./challenge.ts";
import { checkProof } from "./dpop.ts";

/** RFC 6749, section 5.2; RFC 9396; RFC 9449. */
export const oauthErrors = [
  "invalid_request",
  "invalid_client",
  "unsupported_grant_type",
  "invalid_scope",
  "invalid_authorization_details",
  "invalid_dpop_proof",
] as const;

export interface OAuthError {
  error: (typeof oauthErrors)[number];
  error_description: string;
}

export interface TokenAnswer {
  access_token: string;
  token_type: "Bearer" | "DPoP";
  expires_in: number;
  scope: string;
  authorization_details?: Purpose[];
}

export interface TokenRequest {
  form: URLSearchParams;
  /** The headers `DPoP` and `Authorization`. */
  proof: string | undefined;
  authorization: string | undefined;
  /** Spellings of the token endpoint that a proof may name. */
  urls: readonly string[];
}

const refuse = (error: OAuthError["error"], error_description: string) =>
  err({ error, error_description: plain(error_description) });
// One sentence for every way an assertion can be wrong: who asks learns nothing of who is enrolled.
const noClient = refuse(
  "invalid_client",
  "The client assertion is not acceptable: check iss, sub, aud, exp, jti, kid and the key's state.",
);

export async function issueToken(
  exchange: Exchange,
  { form: sent, proof, authorization, urls }: TokenRequest,
): Promise<Result<TokenAnswer, OAuthError>> {
  // RFC 6749, section 3.2: no parameter twice, and one without a value is one not sent. RFC 8707 lets `resource` repeat.
  const form = new URLSearchParams([...sent].filter(([, value]) => value !== ""));
  for (const name of sent.keys()) {
    if (name !== "resource" && sent.getAll(name).length > 1)
      return refuse("invalid_request", "Send each parameter once.");
  }
  if (!form.has("grant_type")) return refuse("invalid_request", "Send grant_type=client_credentials.");
  if (form.get("grant_type") !== "client_credentials")
    return refuse("unsupported_grant_type", "Send grant_type=client_credentials.");
  if (form.has("client_assertion") && (form.has("client_secret") || authorization !== undefined))
    return refuse("invalid_request", "Authenticate in one way, with private_key_jwt alone.");
  if (form.get("client_assertion_type") !== "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") {
    return refuse("invalid_client", "Authenticate with private_key_jwt (RFC 7523).");
  }
  const now = instant(exchange.now);
  const client = await judgeAssertion(exchange, form.get("client_assertion") ?? "", form.get("client_id"), now);
  if (!client) return noClient;
  const { partner, key, once, until } = client;

  const granted = scopesOf(partner);
  // Without a proof the token is a bearer's.
  const usual = granted.filter(
    (scope) => scope !== "purposes" && (proof !== undefined || !boundScopes.includes(scope)),
  );
  const asked = (form.get("scope")?.split(" ").filter(Boolean) as Scope[] | undefined) ?? usual;
  if (asked.some((scope) => !scopes.includes(scope as Scope) || !granted.includes(scope as Scope))) {
    return refuse("invalid_scope", "Ask only for scopes granted at enrolment.");
  }
  const isForPurposes = asked.includes("purposes");
  if (isForPurposes && asked.length > 1) {
    return refuse("invalid_scope", "Ask for purposes alone: its token carries no purpose, and reads nothing.");
  }
  const bound = partner.dpop === 1 || partner.kind === "law_enforcement" || needsProof(asked);
  const statements: SQLWrapper[] = [useOnce(once, instant(until))];
  let jkt: string | undefined;
  if (bound || proof !== undefined) {
    const checked = await checkProof(proof, { method: "POST", urls }, exchange.now);
    if (!checked.ok) return refuse("invalid_dpop_proof", checked.error);
    jkt = checked.value.jkt;
    statements.push(useOnce(checked.value.once, instant(checked.value.until)));
  }
  const stated = await purposeOf(exchange, partner, form.get("authorization_details"), isForPurposes);
  if (!stated.ok) return stated;
  const purpose = stated.value;
  if (purpose && !purpose.isKnown) statements.push(insertPurpose(purpose.row));
  try {
    await batch(exchange.db, statements);
  } catch (error) {
    if (!isTaken(error)) throw error;
    return (await first(exchange.db, selectUsed(once)))
      ? noClient
      : refuse("invalid_dpop_proof", "This DPoP proof was used before: make a new one for each request.");
  }
  const scope = asked.join(" ");
  const minted = await mint(exchange, { partner: partner.slug, key: key.kid, scope, jkt, purpose });
  return ok({
    ...minted,
    token_type: jkt ? "DPoP" : "Bearer",
    scope,
    ...(purpose && { authorization_details: [purpose.stated] }),
  });
}

interface StatedPurpose {
  stated: Purpose;
  row: Awaited<ReturnType<typeof purposeRow>>;
  isKnown: boolean;
}

/** Law enforcement states one that counts, nobody else does. Where the steward approves them it is there already. */
async function purposeOf(
  exchange: Exchange,
  partner: PartnerRow,
  details: string | null,
  isForPurposes: boolean,
): Promise<Result<StatedPurpose | undefined, OAuthError>> {
  const refusal = (text: string) => refuse("invalid_authorization_details", text);
  if (partner.kind !== "law_enforcement") {
    return details ? refusal("Only law-enforcement partners carry a purpose.") : ok(undefined);
  }
  if (isForPurposes) return details ? refusal("A token for purposes carries none.") : ok(undefined);
  if (!details) {
    await refusedForPurpose(exchange, partner.slug, "no-purpose");
    return refusal("Law enforcement states a purpose: authorization_details with one tipoff_purpose.");
  }
  const read = readPurpose(details, exchange.now);
  if (!read.ok) {
    await refusedForPurpose(exchange, partner.slug, "purpose-unacceptable");
    return refusal(read.error.map((fault) => `${fault.pointer}: ${fault.detail}`).join(" "));
  }
  const row = await purposeRow(exchange, partner.slug, read.value);
  const known = await findPurpose(exchange, partner.slug, row.purpose);
  const isUnapproved = known ? !known.counts : partner.purpose_approval === 1;
  if (known?.ended_at || isUnapproved) await refusedForPurpose(exchange, partner.slug, "purpose-unacceptable");
  if (known?.ended_at) return refusal("This purpose was ended. State another.");
  if (isUnapproved) {
    return refusal(
      "This purpose is not approved. Register it with POST /v1/purposes, by a token of the scope purposes alone, and wait for the steward's approval.",
    );
  }
  return ok({ stated: read.value, row, isKnown: known !== undefined });
}

/** The token (RFC 9068); it ends with its purpose, if that is sooner. */
async function mint(
  exchange: Exchange,
  claims: { partner: string; key: string; scope: string; jkt?: string; purpose?: StatedPurpose },
): Promise<{ access_token: string; expires_in: number }> {
  const { partner, key, scope, jkt, purpose } = claims;
  const issued = Math.floor(exchange.now / 1_000);
  const over = purpose ? Math.floor(parseTime(purpose.stated.until)! / 1_000) : Number.POSITIVE_INFINITY;
  const ends = Math.min(issued + limits.token_seconds, over);
  const bound = { ...(jkt && { cnf: { jkt } }), ...(purpose && { purpose: purpose.row.purpose }) };
  const access_token = await new SignJWT({ client_id: partner, scope, key, ...bound })
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: exchange.key.kid })
    .setIssuer(exchange.url)
    .setSubject(partner)
    .setAudience(exchange.url)
    .setIssuedAt(issued)
    .setExpirationTime(ends)
    .setJti(crypto.randomUUID())
    .sign(exchange.key.private);
  return { access_token, expires_in: ends - issued };
}

async function judgeAssertion(exchange: Exchange, assertion: string, clientId: string | null, now: string) {
  if (assertion.length > 8_000) return undefined;
  try {
    const { kid } = decodeProtectedHeader(assertion);
    const claims = decodeJwt(assertion);
    const { sub, jti, exp, aud } = claims;
    if (typeof sub !== "string" || typeof kid !== "string" || (clientId !== null && clientId !== sub)) return undefined;
    if (typeof jti !== "string" || jti.length < 1 || jti.length > 256 || typeof exp !== "number") return undefined;
    // One string (RFC 7523bis): a list would let an assertion for somebody else work here.
    if (aud !== exchange.url && aud !== `${exchange.url}/oauth/token`) return undefined;
    if (exp > exchange.now / 1_000 + limits.assertion_seconds + limits.skew_seconds) return undefined;
    const [[partner], [key]] = await batch(exchange.db, [selectPartner(sub), selectKey(kid)]);
    if (!partner || partner.suspended_at) return undefined;
    if (key?.partner !== sub || key.state !== "active" || key.active_from > now) return undefined;
    const jwk = JSON.parse(key.jwk) as JWK;
    const algorithms = jwk.kty === "OKP" ? ["EdDSA", "Ed25519"] : ["ES256"];
    await jwtVerify(assertion, await importJWK(jwk, algorithms[0]!), {
      algorithms,
      issuer: sub,
      currentDate: new Date(exchange.now),
      clockTolerance: limits.skew_seconds,
    });
    return { partner, key, once: `jwt:${await sha256(`${sub}.${jti}`)}`, until: (exp + limits.skew_seconds) * 1_000 };
  } catch {
    return undefined;
  }
}
