/** An access token as the exchange makes it, with claims of the test's own. */
import { SignJWT } from "jose";
import type { Exchange } from "../../src/exchange/exchange.ts";
import { url } from "./http.ts";
import type { Member } from "./member.ts";

export interface Minted {
  audience?: string;
  issuer?: string;
  typ?: string;
  /** Seconds since 1970. */
  expires?: number;
  key?: string;
  scope?: string;
  /** Bound to the member's key. */
  bound?: boolean;
}

export const mint = ({ key }: Exchange, { slug, signer }: Member, change: Minted = {}): Promise<string> =>
  new SignJWT({
    client_id: slug,
    scope: change.scope ?? "tips:read tips:write match",
    key: change.key ?? signer.kid,
    ...(change.bound && { cnf: { jkt: signer.kid } }),
  })
    .setProtectedHeader({ alg: "EdDSA", typ: change.typ ?? "at+jwt", kid: key.kid })
    .setIssuer(change.issuer ?? url)
    .setAudience(change.audience ?? url)
    .setSubject(slug)
    .setIssuedAt()
    .setExpirationTime(change.expires ?? "5m")
    .setJti(crypto.randomUUID())
    .sign(key.private);
