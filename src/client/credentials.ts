/**
 * What a connection shows the exchange: a DPoP proof for each request (RFC 9449), and an access token by `private_key_jwt`
 * (RFC 7523), which is used until shortly before it expires and asked for by one request however many want it. An agency's
 * purposes are seen to by a token of their own, which needs no purpose.
 */
import { type CryptoKey, type JWK, SignJWT } from "jose";
import { sha256 } from "../core/envelope.ts";
import type { Profile } from "./profile.ts";
import { problemOf, readAnswer, type Sending, send } from "./send.ts";

export interface TokenAnswer {
  access_token: string;
  token_type: string;
  /** Seconds. */
  expires_in: number;
  /** Scopes, divided by spaces. */
  scope: string;
}

export interface Credentials {
  proof(method: string, path: string, token?: string): Promise<string>;
  /** A new token; `bearer`: one that is bound to no key, and not used here; `purposes`: one for an agency's purposes alone. */
  token(how?: { bearer?: boolean; purposes?: boolean }): Promise<TokenAnswer>;
  /** The kept token for a path, or a new one where there is none, it is about to expire, or it is the one that was refused. */
  access(path: string, refused?: string): Promise<string>;
}

type Use = "usual" | "purposes";
const useOf = (path: string): Use => (/^\/v1\/purposes\b/.test(path) ? "purposes" : "usual");

/** A token this near its end might expire on its way. */
const spareSeconds = 20;

export function credentialsOf(
  profile: Profile,
  { key, alg }: { key: CryptoKey; alg: "EdDSA" | "ES256" },
  sending: Sending,
): Credentials {
  const { kty, crv, x, y } = profile.jwk as Record<string, string>;
  const open = (y ? { kty, crv, x, y } : { kty, crv, x }) as JWK;
  const kept = new Map<Use, { access_token: string; until: number }>();
  const asked = new Map<Use, Promise<TokenAnswer>>();

  const proof: Credentials["proof"] = async (method, path, token) =>
    new SignJWT({
      jti: crypto.randomUUID(),
      htm: method,
      htu: profile.exchange + path.split("?")[0],
      ...(token && { ath: await sha256(token) }),
    })
      .setProtectedHeader({ alg, typ: "dpop+jwt", jwk: open })
      .setIssuedAt()
      .sign(key);

  const tokenRequest = async (bearer: boolean, use: Use): Promise<RequestInit> => ({
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      ...(!bearer && { dpop: await proof("POST", "/oauth/token") }),
    },
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
      ...(use === "purposes" && { scope: "purposes" }),
      ...(use === "usual" && profile.purpose && { authorization_details: JSON.stringify([profile.purpose]) }),
    }).toString(),
  });

  const newToken = async (bearer: boolean, use: Use): Promise<TokenAnswer> => {
    const request = () => tokenRequest(bearer, use);
    const answer = await send(sending, `${profile.url}/oauth/token`, request, { repeatable: true });
    if (answer.status !== 200) throw problemOf(answer);
    return readAnswer(profile.url, answer) as TokenAnswer;
  };
  const askToken = async (use: Use): Promise<TokenAnswer> => {
    const token = await newToken(false, use);
    const until = Date.now() + (Number(token.expires_in) - spareSeconds) * 1_000;
    kept.set(use, { access_token: token.access_token, until });
    return token;
  };
  // No caller's signal ends it: others wait for the same answer.
  const shared = (use: Use): Promise<TokenAnswer> => {
    const one = asked.get(use) ?? askToken(use).finally(() => asked.delete(use));
    asked.set(use, one);
    return one;
  };
  const token: Credentials["token"] = ({ bearer, purposes } = {}) =>
    bearer ? newToken(true, "usual") : shared(purposes ? "purposes" : "usual");
  const access: Credentials["access"] = async (path, refused) => {
    const use = useOf(path);
    const known = kept.get(use);
    return known && known.access_token !== refused && Date.now() < known.until
      ? known.access_token
      : (await shared(use)).access_token;
  };
  return { proof, token, access };
}
