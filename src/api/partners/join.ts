/** `POST /join`: an invitation and a new key make a partner's first key. The one writing door without a token. */
import * as z from "zod";
import { slug, time } from "../../core/names.ts";
import { joinExchange } from "../../exchange/join.ts";
import { compact } from "../answers/envelope.ts";
import { jwks, publicJwk } from "../answers/partners.ts";
import { examples } from "../examples.ts";
import { give, operation } from "../operation.ts";

const bodyOf = <Jwk extends z.ZodType, Proof extends z.ZodType>(jwk: Jwk, proof: Proof) =>
  z.strictObject({ code: z.string().min(10).max(100).describe("The invitation's."), jwk, proof });

const joined = z
  .strictObject({
    exchange: z.url().describe("The exchange's identity."),
    partner: slug,
    kid: z.string().describe("Your key's thumbprint."),
    active_from: time.describe("When the key became active: at once."),
    jwks,
  })
  .meta({ id: "Joined" });
const example = {
  exchange: "https://tipoff.example",
  partner: "chirper",
  kid: examples.keys.added.kid,
  active_from: "2026-11-23T09:00:00.000Z",
  jwks: { keys: [examples.keys.exchange] },
};

export const joinOperation = operation({
  id: "join",
  method: "POST",
  path: "/join",
  tag: "Signing in",
  access: "open",
  summary: "Join with an invitation",
  description:
    "Make a key pair; the private key never leaves you. The proof is a compact JWS by the new key, `typ` `join+jws`, over { exchange, thumbprint, code_sha256 }: the exchange's identity, the key's RFC 7638 thumbprint, and the SHA-256 of the code's UTF-8 in base64url. The key is active at once, and the invitation used up: by the same key alone may the request be repeated.",
  body: {
    schema: bodyOf(publicJwk, compact.max(4_000).describe("Shows that you hold the private key.")),
    read: bodyOf(z.record(z.string(), z.unknown()), z.string().min(1).max(4_000)),
    example: { code: examples.invitation, jwk: examples.keys.added.jwk, proof: examples.joinProof },
  },
  answers: {
    201: { description: "You are in. Keep the exchange's keys: receipts verify under them.", schema: joined, example },
    200: { description: "You are in already: the same key by the same code.", schema: joined, example },
  },
  problems: ["not-found", "taken"],
  async run({ exchange, body }) {
    const done = await joinExchange(exchange, body);
    return done.ok ? give(done.value.created ? 201 : 200, done.value.joined) : done;
  },
});
