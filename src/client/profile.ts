/** Who a client is: one partner at one exchange, with its private key. The key never leaves the machine it was made on. */
import type { JWK } from "jose";
import type { Purpose } from "../core/purpose.ts";

export interface Profile {
  /** The exchange's identity, as documents name it. */
  exchange: string;
  /** Where it answers; usually the same. */
  url: string;
  partner: string;
  kid: string;
  /** Private JWK, Ed25519 or P-256. */
  jwk: JWK;
  /** Law enforcement: the purpose its tokens carry. */
  purpose?: Purpose;
}
