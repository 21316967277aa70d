/**
 * Who is calling, judged anew on each request, and again while one goes on: token signature, issuer, audience, type, expiry;
 * the key behind it active, the partner not suspended, the scope still granted, the purpose counting, the DPoP proof fresh
 * and its own. One D1 round trip, which also counts.
 */
import { decodeProtectedHeader, type JWTPayload, jwtVerify } from "jose";
import { limits } from "../core/limits.ts";
import { needsProof, type Scope, scopesOf } from "../core/names.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayOf, instant } from "../core/time.ts";
import type { Caller, Exchange } from "../exchange/exchange.ts";
import { quotaUsed } from "../exchange/quota-used.ts";
import { Work } from "../exchange/work.ts";
import { selectCaller } from "../store/callers.ts";
import { batch, first, isTaken, type RowOf, type RowsOf, type SQLWrapper } from "../store/database.ts";
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
  const [, form, text] = /^(Bearer|DPoP) ([A-Za-z0-9._-]{20,4000})$/i.exec(request.authorization ?? "") ?? [];
  if (!form || !text) return refused("Send an access token: Authorization: Bearer or DPoP.");
  const claims = await claimsOf(exchange, text);
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
      { method: request.method, urls: request.urls, token: text },
      exchange.now,
    );
    if (!checked.ok) return badProof(checked.error);
    if (checked.value.jkt !== jkt) return refused("The proof is not by the key the token is bound to.");
    once.push(useOnce(checked.value.once, instant(checked.value.until)));
  }
  const token = {
    me,
    kid,
    purpose: typeof claims.purpose === "string" ? claims.purpose : "",
    scopes: (claims.scope as string).split(" ") as Scope[],
    isBound: jkt !== undefined,
  };
  const until = (claims.exp as number) * 1_000;
  const read = [standingOf(token, now), use(me, dayOf(exchange.now), { requests: 1 })] as const;
  let rows: RowsOf<typeof read>;
  try {
    rows = (await batch(exchange.db, [...read, ...once])) as unknown as RowsOf<typeof read>;
  } catch (error) {
    return isTaken(error)
      ? badProof("This DPoP proof was used before: make a new one for each request.")
      : Promise.reject(error);
  }
  const [[found], [quota]] = rows;
  const standing = judgeStanding(token, found);
  if (!standing) return notThis;
  if (quota!.requests > limits.quota.requests) {
    return err(quotaUsed("requests", exchange.now));
  }
  const work = new Work(me);
  const callerOf = (standing: Standing | undefined): Result<Caller, Problem> =>
    standing ? ok({ ...standing, quota: quota!, work, until, again }) : notThis;
  const again: Caller["again"] = async (later) =>
    later.now < until
      ? callerOf(judgeStanding(token, await first(later.db, standingOf(token, instant(later.now)))))
      : notThis;
  return callerOf(standing);
}

/** What a token says, once it is known to be ours. */
interface Token {
  me: string;
  kid: string;
  purpose: string;
  scopes: readonly Scope[];
  isBound: boolean;
}

const standingOf = ({ me, kid, purpose }: Token, now: string) => selectCaller(me, kid, purpose, now);

type Standing = Omit<Caller, "quota" | "work" | "until" | "again">;

/** What the partner may do at this moment with the token; undefined: nothing. */
function judgeStanding(
  { me, kid, purpose, scopes, isBound }: Token,
  partner: RowOf<ReturnType<typeof standingOf>> | undefined,
): Standing | undefined {
  if (!partner) return undefined;
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
