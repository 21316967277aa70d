/**
 * What a connection shows the exchange: a DPoP proof for each request (RFC 9449), and an access token by `private_key_jwt`
 * (RFC 7523), which is used until shortly before it expires and asked for by one request however many want it.
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
  /** A new token; `bearer`: one that is bound to no key, and not used here. */
  token(how?: { bearer?: boolean }): Promise<TokenAnswer>;
  /** The kept token, or a new one where there is none, it is about to expire, or it is the one that was refused. */
  access(refused?: string): Promise<string>;
}

/** A token this near its end might expire on its way. */
const spareSeconds = 20;

export function credentialsOf(
  profile: Profile,
  { key, alg }: { key: CryptoKey; alg: "EdDSA" | "ES256" },
  sending: Sending,
): Credentials {
  const { kty, crv, x, y } = profile.jwk as Record<string, string>;
  const open = (y ? { kty, crv, x, y } : { kty, crv, x }) as JWK;
  let kept: { access_token: string; until: number } | undefined;
  let asked: Promise<TokenAnswer> | undefined;

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

  const tokenRequest = async (bearer: boolean): Promise<RequestInit> => ({
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
      ...(profile.purpose && { authorization_details: JSON.stringify([profile.purpose]) }),
    }).toString(),
  });

  const newToken = async (bearer: boolean): Promise<TokenAnswer> => {
    const answer = await send(sending, `${profile.url}/oauth/token`, () => tokenRequest(bearer), { repeatable: true });
    if (answer.status !== 200) throw problemOf(answer);
    return readAnswer(profile.url, answer) as TokenAnswer;
  };
  const askToken = async (): Promise<TokenAnswer> => {
    const token = await newToken(false);
    const until = Date.now() + (Number(token.expires_in) - spareSeconds) * 1_000;
    kept = { access_token: token.access_token, until };
    return token;
  };
  // No caller's signal ends it: others wait for the same answer.
  const token: Credentials["token"] = ({ bearer } = {}) => {
    if (bearer) return newToken(true);
    asked ??= askToken().finally(() => {
      asked = undefined;
    });
    return asked;
  };
  const access: Credentials["access"] = async (refused) =>
    kept && kept.access_token !== refused && Date.now() < kept.until ? kept.access_token : (await token()).access_token;
  return { proof, token, access };
}
