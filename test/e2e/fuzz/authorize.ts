/** Headers that let a caller in, for requests that the client library would never send. */
import { SignJWT } from "jose";
import type { Connection } from "../../../src/client/connect.ts";
import { sha256 } from "../../../src/core/envelope.ts";

export type Authorize = (method: string, path: string) => Promise<Record<string, string>>;

/** A token is used for three of its five minutes. */
export function authorizer(connection: Connection): Authorize {
  const { profile, key, alg } = connection;
  const { kty, crv, x, y } = profile.jwk as Record<string, string>;
  const jwk = y ? { kty, crv, x, y } : { kty, crv, x };
  const kept = new Map<boolean, Promise<{ token: string; until: number }>>();
  const renew = async (purposes: boolean) => ({
    token: (await connection.token({ purposes })).access_token,
    until: Date.now() + 180_000,
  });
  return async (method, path) => {
    const purposes = path.startsWith("/v1/purposes");
    const known = await kept.get(purposes);
    if (!known || known.until < Date.now()) kept.set(purposes, renew(purposes));
    const { token } = await kept.get(purposes)!;
    const claims = {
      jti: crypto.randomUUID(),
      htm: method,
      htu: profile.exchange + path.split("?")[0],
      ath: await sha256(token),
    };
    const header = { alg, typ: "dpop+jwt", jwk } as never;
    return {
      authorization: `DPoP ${token}`,
      dpop: await new SignJWT(claims).setProtectedHeader(header).setIssuedAt().sign(key),
    };
  };
}
