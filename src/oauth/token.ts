/**
 * The token endpoint: client credentials with `private_key_jwt` (RFC 7523), answered with a five-minute `at+jwt` (RFC 9068)
 * that names the key that asked for it. An assertion is used once; law enforcement states its purpose or gets nothing.
 */
import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, jwtVerify, SignJWT } from "jose";
import { sha256 } from "../core/envelope.ts";
import { limits } from "../core/limits.ts";
import { type Scope, scopes } from "../core/names.ts";
import { type Purpose, readPurpose } from "../core/purpose.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant, parseTime } from "../core/time.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { batch, isTaken, type SQL, sql } from "../store/database.ts";
import type { KeyRow, PartnerRow } from "../store/partners.ts";
import { useOnce } from "../store/quotas.ts";
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

const refuse = (error: OAuthError["error"], error_description: string) => err({ error, error_description });
// One sentence for every way an assertion can be wrong: who asks learns nothing of who is enrolled.
const noClient = refuse(
  "invalid_client",
  "The client assertion is not acceptable: check iss, sub, aud, exp, jti, kid and the key's state.",
);

export async function issueToken(
  exchange: Exchange,
  form: URLSearchParams,
  proof: string | undefined,
  urls: readonly string[],
): Promise<Result<TokenAnswer, OAuthError>> {
  for (const name of [
    "grant_type",
    "client_assertion",
    "client_assertion_type",
    "scope",
    "authorization_details",
    "client_id",
  ]) {
    if (form.getAll(name).length > 1) return refuse("invalid_request", `Send ${name} once.`);
  }
  if (form.get("grant_type") !== "client_credentials")
    return refuse("unsupported_grant_type", "Send grant_type=client_credentials.");
  if (form.get("client_assertion_type") !== "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") {
    return refuse("invalid_client", "Authenticate with private_key_jwt (RFC 7523).");
  }
  const now = instant(exchange.now);
  const client = await judgeAssertion(exchange, form.get("client_assertion") ?? "", form.get("client_id"), now);
  if (!client) return noClient;
  const { partner, key, once, until } = client;

  const granted = partner.scopes.split(" ") as Scope[];
  const asked = form.get("scope")?.split(" ").filter(Boolean) ?? granted;
  if (asked.some((scope) => !scopes.includes(scope as Scope) || !granted.includes(scope as Scope))) {
    return refuse("invalid_scope", "Ask only for scopes granted at enrolment.");
  }
  const needsProof = partner.dpop === 1 || partner.kind === "law_enforcement" || asked.includes("admin");
  const statements: SQL[] = [useOnce(once, instant(until))];
  let jkt: string | undefined;
  if (needsProof || proof !== undefined) {
    const checked = await checkProof(proof, { method: "POST", urls }, exchange.now);
    if (!checked.ok) return refuse("invalid_dpop_proof", checked.error);
    jkt = checked.value.jkt;
    statements.push(useOnce(checked.value.once, instant(checked.value.until)));
  }
  const details = form.get("authorization_details");
  let purpose: { id: string; value: Purpose } | undefined;
  if (partner.kind === "law_enforcement") {
    if (!details)
      return refuse(
        "invalid_authorization_details",
        "Law enforcement states a purpose: authorization_details with one tipoff_purpose.",
      );
    const read = readPurpose(details, exchange.now);
    if (!read.ok)
      return refuse(
        "invalid_authorization_details",
        read.error.map((fault) => `${fault.pointer}: ${fault.detail}`).join(" "),
      );
    const id = await sha256(`${partner.slug}\n${JSON.stringify(read.value)}`);
    purpose = { id, value: read.value };
    const { legal_basis, case: reference, unit, until: ends, non_disclosure } = read.value;
    statements.push(sql`INSERT OR IGNORE INTO purpose (purpose, partner, legal_basis, case_reference, unit, until, non_disclosure, made_at)
      VALUES (${id}, ${partner.slug}, ${legal_basis}, ${reference}, ${unit}, ${ends}, ${non_disclosure ? JSON.stringify(non_disclosure) : null}, ${now})`);
  } else if (details) {
    return refuse("invalid_authorization_details", "Only law-enforcement partners carry a purpose.");
  }
  try {
    await batch(exchange.db, statements);
  } catch (error) {
    if (isTaken(error)) return noClient;
    throw error;
  }
  const issued = Math.floor(exchange.now / 1_000);
  const ends = purpose
    ? Math.min(issued + limits.token_seconds, Math.floor(parseTime(purpose.value.until)! / 1_000))
    : issued + limits.token_seconds;
  const token = await new SignJWT({
    client_id: partner.slug,
    scope: asked.join(" "),
    key: key.kid,
    ...(jkt && { cnf: { jkt } }),
    ...(purpose && { purpose: purpose.id }),
  })
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: exchange.key.kid })
    .setIssuer(exchange.url)
    .setSubject(partner.slug)
    .setAudience(exchange.url)
    .setIssuedAt(issued)
    .setExpirationTime(ends)
    .setJti(crypto.randomUUID())
    .sign(exchange.key.private);
  return ok({
    access_token: token,
    token_type: jkt ? "DPoP" : "Bearer",
    expires_in: ends - issued,
    scope: asked.join(" "),
    ...(purpose && { authorization_details: [purpose.value] }),
  });
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
    const [partners, keys] = await batch(exchange.db, [
      sql`SELECT * FROM partner WHERE slug = ${sub} AND suspended_at IS NULL`,
      sql`SELECT * FROM partner_key WHERE kid = ${kid} AND partner = ${sub} AND state = 'active' AND active_from <= ${now}`,
    ]);
    const partner = partners?.[0] as unknown as PartnerRow | undefined;
    const key = keys?.[0] as unknown as KeyRow | undefined;
    if (!partner || !key) return undefined;
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
