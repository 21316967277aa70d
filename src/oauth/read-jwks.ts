/** `GET /.well-known/jwks.json` */
import { jwks } from "../api/answers/partners.ts";
import { examples } from "../api/examples.ts";
import { give, operation } from "../api/operation.ts";

export const readJwksOperation = operation({
  id: "readJwks",
  method: "GET",
  path: "/.well-known/jwks.json",
  tag: "Signing in",
  access: "open",
  summary: "Read the exchange's public keys",
  description: "Receipts and access tokens verify under them. Keep them: a receipt is checked without the exchange.",
  answers: { 200: { description: "The keys.", schema: jwks, example: { keys: [examples.keys.exchange] } } },
  run: ({ exchange }) => give(200, { keys: [exchange.key.jwk] }),
});
