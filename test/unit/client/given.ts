/** A partner with a key, an exchange that signs receipts, and tips signed by the one and vouched for by the other. */
import { CompactSign, type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import { type Connection, connect } from "../../../src/client/connect.ts";
import { signTip, type TipContent } from "../../../src/client/tips.ts";
import type { KeySet, SavedKey } from "../../../src/client/verify.ts";
import { digest, type Envelope } from "../../../src/core/envelope.ts";

export const exchange = "https://tipoff.example";

export interface World {
  connection: Connection;
  tip: Envelope;
  audience: Envelope;
  keys(changed?: Partial<SavedKey>): KeySet;
  receipt(acceptedAt: string, changed?: Record<string, unknown>): Promise<string>;
}

export const draft: TipContent = {
  tlp: "amber",
  operation: { id: "7b0c1a52-4d5f-4a08-9f53-0d6c5b6a7e11", name: "Harbour Lantern" },
  indicators: [],
};

async function keyPair(alg: "EdDSA" | "ES256"): Promise<{ jwk: JWK; open: JWK; kid: string; key: CryptoKey }> {
  const pair = await generateKeyPair(alg, { extractable: true, ...(alg === "EdDSA" && { crv: "Ed25519" }) });
  const open = await exportJWK(pair.publicKey);
  return {
    jwk: await exportJWK(pair.privateKey),
    open,
    kid: await calculateJwkThumbprint(open),
    key: pair.privateKey as CryptoKey,
  };
}

export async function aWorld(alg: "EdDSA" | "ES256" = "EdDSA", content = draft): Promise<World> {
  const own = await keyPair(alg);
  const its = await keyPair("EdDSA");
  const connection = await connect({ exchange, url: exchange, partner: "chirper", kid: own.kid, jwk: own.jwk });
  const { tip, audience } = await signTip(connection, content, { to: ["platforms"] });
  const document = JSON.parse(Buffer.from(tip.payload, "base64url").toString()) as { tip: string; version: number };
  return {
    connection,
    tip,
    audience,
    keys: (changed) => ({
      exchange,
      jwks: { keys: [{ ...its.open, kid: its.kid }] },
      partners: {
        chirper: [
          { kid: own.kid, jwk: own.open, state: "active", active_from: "2026-01-01T00:00:00.000Z", ...changed },
        ],
      },
    }),
    receipt: async (acceptedAt, changed) =>
      new CompactSign(
        new TextEncoder().encode(
          JSON.stringify({
            iss: exchange,
            tip: document.tip,
            version: document.version,
            digest: await digest(tip),
            seq: 1,
            accepted_at: acceptedAt,
            ...changed,
          }),
        ),
      )
        .setProtectedHeader({ alg: "EdDSA", kid: its.kid, typ: "receipt+jws" })
        .sign(its.key),
  };
}
