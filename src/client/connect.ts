/**
 * A connection as one partner: access tokens by `private_key_jwt`, DPoP proofs on every request, retries of what is safe to
 * repeat (reads, and signed documents: the same document is the same tip).
 */
import { type CryptoKey, importJWK, type JWK, SignJWT } from "jose";
import { sha256 } from "../core/envelope.ts";
import { ExchangeProblem, Unreachable } from "./problem.ts";
import type { Profile } from "./profile.ts";

export interface Connection {
  profile: Profile;
  key: CryptoKey;
  alg: "EdDSA" | "ES256";
  call<Answer>(method: string, path: string, body?: unknown, options?: { accept?: string }): Promise<Answer>;
  token(): Promise<{ access_token: string; expires_in: number; scope: string; token_type: string }>;
}

const attempts = 4;

/** POSTs whose repetition changes nothing: tokens, questions, and signed documents, which are the same tip again. */
const repeatable = (method: string, path: string): boolean =>
  method !== "POST" || /^\/(oauth\/token|v1\/match|v1\/tips|v1\/tips\/[^/]+\/withdrawal)$/.test(path);

/** Opens a connection; nothing is sent before the first call. */
export async function connect(profile: Profile): Promise<Connection> {
  const alg = profile.jwk.kty === "EC" ? "ES256" : "EdDSA";
  const key = (await importJWK(profile.jwk, alg)) as CryptoKey;
  const { kty, crv, x, y } = profile.jwk as Record<string, string>;
  const open = (y ? { kty, crv, x, y } : { kty, crv, x }) as JWK;
  let kept: { access_token: string; until: number } | undefined;

  const proof = async (method: string, path: string, token?: string) =>
    new SignJWT({
      jti: crypto.randomUUID(),
      htm: method,
      htu: profile.exchange + path.split("?")[0],
      ...(token && { ath: await sha256(token) }),
    })
      .setProtectedHeader({ alg, typ: "dpop+jwt", jwk: open })
      .setIssuedAt()
      .sign(key);

  const send = async (method: string, path: string, init: () => Promise<RequestInit>): Promise<Response> => {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await fetch(profile.url + path, await init());
        if ((response.status === 429 || (response.status === 503 && repeatable(method, path))) && attempt < attempts) {
          const wait = Number(response.headers.get("retry-after") ?? 1);
          if (wait <= 10) {
            await response.body?.cancel();
            await pause(wait * 1_000);
            continue;
          }
        }
        return response;
      } catch (error) {
        if (attempt >= attempts || !repeatable(method, path)) throw new Unreachable(profile.url, error);
        await pause(200 * 2 ** attempt);
      }
    }
  };

  const token: Connection["token"] = async () => {
    const response = await send("POST", "/oauth/token", async () => ({
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", dpop: await proof("POST", "/oauth/token") },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: await new SignJWT({ jti: crypto.randomUUID() })
          .setProtectedHeader({ alg, kid: profile.kid })
          .setIssuer(profile.partner)
          .setSubject(profile.partner)
          .setAudience(profile.exchange)
          .setIssuedAt()
          .setExpirationTime("60s")
          .sign(key),
        ...(profile.purpose && { authorization_details: JSON.stringify([profile.purpose]) }),
      }).toString(),
    }));
    const answer = (await response.json().catch(() => ({}))) as Record<string, string>;
    if (!response.ok || !answer.access_token)
      throw new ExchangeProblem(
        response.status,
        answer.error ?? "unauthenticated",
        answer.error_description ?? "No token was given.",
      );
    kept = { access_token: answer.access_token, until: Date.now() + (Number(answer.expires_in) - 20) * 1_000 };
    return answer as never;
  };

  const call: Connection["call"] = async (method, path, body, options) => {
    for (let fresh = false; ; fresh = true) {
      if (!kept || kept.until < Date.now() || fresh) await token();
      const access = kept!.access_token;
      const response = await send(method, path, async () => ({
        method,
        headers: {
          authorization: `DPoP ${access}`,
          dpop: await proof(method, path, access),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(options?.accept && { accept: options.accept }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }));
      if (response.status === 401 && !fresh) {
        await response.body?.cancel();
        continue;
      }
      if (!response.ok) throw await problemOf(response);
      return (response.status === 204 ? undefined : await response.json()) as never;
    }
  };
  return { profile, key, alg, call, token };
}

export async function problemOf(response: Response): Promise<ExchangeProblem> {
  const body = (await response.json().catch(() => ({}))) as { type?: string; detail?: string; faults?: [] };
  const wait = response.headers.get("retry-after");
  return new ExchangeProblem(
    response.status,
    body.type?.split("/").at(-1) ?? "unknown",
    body.detail ?? `HTTP ${response.status}`,
    body.faults,
    wait ? Number(wait) : undefined,
  );
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
