/**
 * Who is calling, judged anew on each request: token signature, issuer, audience, type, expiry; the key behind it active,
 * the partner not suspended, the scope still granted, the DPoP proof fresh and its own. One D1 round trip, which also counts.
 */
import { decodeProtectedHeader, type JWTPayload, jwtVerify } from "jose";
import { limits } from "../core/limits.ts";
import { needsProof, type Scope } from "../core/names.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayOf, instant, parseTime } from "../core/time.ts";
import type { Caller, Exchange } from "../exchange/exchange.ts";
import { quotaUsed } from "../exchange/quota-used.ts";
import { Work } from "../exchange/work.ts";
import { selectCaller } from "../store/callers.ts";
import { batch, isTaken, type RowsOf, type SQLWrapper } from "../store/database.ts";
import { use, useOnce } from "../store/quotas.ts";
import { checkProof } from "./dpop.ts";

const refused = (detail: string) => err(problem("unauthenticated", detail));
const badProof = (detail: string) => err({ ...problem("unauthenticated", detail), proof_refused: true as const });
const notThis = refused("The access token is not valid here now. Ask for a new one.");

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

export async function authenticate(
  exchange: Exchange,
  request: { authorization?: string; proof?: string; method: string; urls: readonly string[] },
): Promise<Result<Caller, Problem>> {
  const [, form, token] = /^(Bearer|DPoP) ([A-Za-z0-9._-]{20,4000})$/i.exec(request.authorization ?? "") ?? [];
  if (!form || !token) return refused("Send an access token: Authorization: Bearer or DPoP.");
  const claims = await claimsOf(exchange, token);
  if (!claims) return notThis;
  const me = claims.sub as string;
  const kid = claims.key as string;
  const now = instant(exchange.now);
  const jkt = (claims.cnf as { jkt?: string } | undefined)?.jkt;
  const once: SQLWrapper[] = [];
  if (jkt || form.toLowerCase() === "dpop") {
    if (!jkt) return refused("This token is a bearer token: send it as Bearer.");
    if (form.toLowerCase() !== "dpop") return refused("This token is bound to a key: send it as DPoP with a proof.");
    const checked = await checkProof(
      request.proof,
      { method: request.method, urls: request.urls, token },
      exchange.now,
    );
    if (!checked.ok) return badProof(checked.error);
    if (checked.value.jkt !== jkt) return refused("The proof is not by the key the token is bound to.");
    once.push(useOnce(checked.value.once, instant(checked.value.until)));
  }
  const purpose = typeof claims.purpose === "string" ? claims.purpose : "";
  const read = [selectCaller(me, kid, purpose, now), use(me, dayOf(exchange.now), { requests: 1 })] as const;
  let rows: RowsOf<typeof read>;
  try {
    rows = (await batch(exchange.db, [...read, ...once])) as unknown as RowsOf<typeof read>;
  } catch (error) {
    return isTaken(error)
      ? badProof("This DPoP proof was used before: make a new one for each request.")
      : Promise.reject(error);
  }
  const [[partner], [used]] = rows;
  if (!partner) return notThis;
  const scopes = (claims.scope as string).split(" ") as Scope[];
  const granted = partner.scopes.split(" ");
  const boundToProof = partner.dpop === 1 || partner.kind === "law_enforcement" || needsProof(scopes);
  if (boundToProof && !jkt) return notThis;
  if (partner.kind === "law_enforcement") {
    if (!partner.purpose_until || parseTime(partner.purpose_until)! <= exchange.now) return notThis;
  }
  if (used!.requests > limits.quota.requests) {
    return err(quotaUsed("requests", exchange.now));
  }
  return ok({
    partner: me,
    kind: partner.kind,
    country: partner.country,
    scopes: scopes.filter((scope) => granted.includes(scope)),
    kid,
    held: JSON.parse(partner.held) as Caller["held"],
    places: JSON.parse(partner.places) as string[],
    purpose,
    quota: used!,
    work: new Work(me),
  });
}
