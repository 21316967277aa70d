/** Who a client is: one partner at one exchange, with its private key. The key never leaves the machine it was made on. */
import type { JWK } from "jose";
import type { Purpose } from "../core/purpose.ts";

/** Plain JSON; `join` makes it, and the command line keeps the same in `TIPOFF_HOME/profiles`. Keep it as the secret it is. */
export interface Profile {
  /** The exchange's identity, as documents name it. */
  exchange: string;
  /** Where it answers, without a slash at its end; usually the same. */
  url: string;
  /** The partner's slug. */
  partner: string;
  /** The key's RFC 7638 thumbprint. */
  kid: string;
  /** Private JWK, Ed25519 or P-256. */
  jwk: JWK;
  /** Law enforcement: the purpose its tokens carry. */
  purpose?: Purpose;
}
