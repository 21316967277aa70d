/** `POST /v1/keys` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { addKey } from "../../exchange/manage-keys.ts";
import { compact } from "../answers/envelope.ts";
import { key, publicJwk } from "../answers/partners.ts";
import { examples } from "../examples.ts";
import { answer, operation } from "../operation.ts";
import { sampleAdded } from "./sample.ts";

const bodyOf = <Jwk extends z.ZodType, Proof extends z.ZodType>(jwk: Jwk, proof: Proof) =>
  z.strictObject({ jwk, proof });

export const addKeyOperation = operation({
  id: "addKey",
  method: "POST",
  path: "/v1/keys",
  tag: "Keys",
  access: "keys",
  summary: "Add a key",
  description: `The proof is a compact JWS by the new key, \`typ\` \`key+jws\`, over { exchange, partner, thumbprint }. The key waits ${limits.key_delay_hours} hours, during which your other keys may cancel it, unless the steward approves it.`,
  body: {
    schema: bodyOf(publicJwk, compact.max(4_000).describe("Shows that you hold the private key.")),
    read: bodyOf(z.record(z.string(), z.unknown()), z.string().min(1).max(4_000)),
    example: { jwk: examples.keys.added.jwk, proof: examples.keyProof },
  },
  answers: { 201: { description: "The key, waiting.", schema: key, example: sampleAdded } },
  problems: ["taken", "key-state"],
  run: async ({ exchange, caller, body }) => answer(201, await addKey(exchange, caller, body)),
});
