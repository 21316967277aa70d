/**
 * Access tokens: signature, issuer, audience, type, expiry, the DPoP proof fresh and its own; then, judged in the database anew
 * on each request and again while one goes on, the key behind it active, the partner not suspended, the scope still granted,
 * the purpose counting.
 */
import { decodeProtectedHeader, type JWTPayload, jwtVerify } from "jose";
import { limits } from "../core/limits.ts";
import { needsProof, type Scope, scopesOf } from "../core/names.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayOf, instant } from "../core/time.ts";
import type { Caller, Exchange } from "../exchange/exchange.ts";
import { selectCaller } from "../store/callers.ts";
import type { RowOf, SQLWrapper } from "../store/database.ts";
import { use, useOnce } from "../store/quotas.ts";
import type { Credential, Standing } from "./credential.ts";
import { checkProof } from "./dpop.ts";

const refused = (detail: string) => err(problem("unauthenticated", detail));
const badProof = (detail: string): Problem => ({ ...problem("unauthenticated", detail), proof_refused: true as const });
const notThis = problem("unauthenticated", "The access token is not valid here now. Ask for a new one.");

/** Claims of tokens whose signatures this worker verified. A signature stays what it is; all else is judged at each request. */
const verified = new Map<string, JWTPayload>();

async function claimsOf(exchange: Exchange, token: string): Promise<JWTPayload | undefined> {
  const id = `${exchange.url} ${exchange.key.kid} ${token}`;
  const claims = verified.get(id) ?? (await verify(exchange, token));
  if (!claims || claims.exp! + limits.skew_seconds <= exchange.now / 1_000) return undefined;
  if (verified.size > 2_000) verified.clear();
  verified.set(id, claims);
  return claims;
}

async function verify(exchange: Exchange, token: string): Promise<JWTPayload | undefined> {
  try {
    if (decodeProtectedHeader(token).kid !== exchange.key.kid) return undefined;
    const { payload } = await jwtVerify(token, exchange.key.public, {
      algorithms: ["EdDSA"],
      typ: "at+jwt",
      issuer: exchange.url,
      audience: exchange.url,
      requiredClaims: ["exp", "sub", "jti"],
      currentDate: new Date(exchange.now),
      clockTolerance: limits.skew_seconds,
    });
    return payload;
  } catch {
    return undefined;
  }
}

/** The access token that a request shows, as far as it can be judged without the database. */
export async function accessCredential(
  exchange: Exchange,
  request: { authorization?: string; proof?: string; method: string; urls: readonly string[] },
): Promise<Result<Credential, Problem>> {
  const [, form, text] = /^(Bearer|DPoP) ([A-Za-z0-9._-]{20,4000})$/i.exec(request.authorization ?? "") ?? [];
  if (!form || !text) return refused("Send an access token: Authorization: Bearer or DPoP.");
  const claims = await claimsOf(exchange, text);
  if (!claims) return err(notThis);
  const me = claims.sub as string;
  const jkt = (claims.cnf as { jkt?: string } | undefined)?.jkt;
  const once: SQLWrapper[] = [];
  if (jkt || form.toLowerCase() === "dpop") {
    if (!jkt) return refused("This token is a bearer token: send it as Bearer.");
    if (form.toLowerCase() !== "dpop") return refused("This token is bound to a key: send it as DPoP with a proof.");
    const checked = await checkProof(
      request.proof,
      { method: request.method, urls: request.urls, token: text },
      exchange.now,
    );
    if (!checked.ok) return err(badProof(checked.error));
    if (checked.value.jkt !== jkt) return refused("The proof is not by the key the token is bound to.");
    once.push(useOnce(checked.value.once, instant(checked.value.until)));
  }
  const token = {
    me,
    kid: claims.key as string,
    purpose: typeof claims.purpose === "string" ? claims.purpose : "",
    scopes: (claims.scope as string).split(" ") as Scope[],
    isBound: jkt !== undefined,
  };
  const credential: Credential<AccessRow> = {
    id: `${exchange.url} ${text}`,
    select: (now) => selectCaller(me, token.kid, token.purpose, now),
    uses: [use(me, dayOf(exchange.now), { requests: 1 }), ...once],
    standing: (row) => standingOf(token, row),
    until: () => (claims.exp as number) * 1_000,
    refused: notThis,
    replayed: badProof("This DPoP proof was used before: make a new one for each request."),
  };
  return ok(credential as unknown as Credential);
}

/** What a token says, once it is known to be ours. */
interface Token {
  me: string;
  kid: string;
  purpose: string;
  scopes: readonly Scope[];
  isBound: boolean;
}

type AccessRow = RowOf<ReturnType<typeof selectCaller>>;

/** What the partner may do at this moment with the token; undefined: nothing. */
function standingOf({ me, kid, purpose, scopes, isBound }: Token, partner: AccessRow): Standing | undefined {
  const granted = scopesOf(partner);
  const mustBeBound = partner.dpop === 1 || partner.kind === "law_enforcement" || needsProof(scopes);
  if (mustBeBound && !isBound) return undefined;
  // Without a purpose that counts nothing is left but to see to one's purposes; that is no part of what reads.
  const isForPurposes = purpose === "" && scopes.includes("purposes");
  if (!partner.may_read && !isForPurposes) return undefined;
  return {
    partner: me,
    kind: partner.kind,
    country: partner.country,
    scopes: scopes.filter((scope) => granted.includes(scope) && (scope === "purposes") === isForPurposes),
    kid,
    held: JSON.parse(partner.held) as Caller["held"],
    places: JSON.parse(partner.places) as string[],
    purpose,
  };
}
