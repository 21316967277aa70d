/** `DELETE /v1/read-tokens/{read_token}` */
import { revokeReadToken } from "../../exchange/read-tokens.ts";
import { operation } from "../operation.ts";
import { admit, findOwnReadToken, readTokenPath } from "./sample.ts";

export const revokeReadTokenOperation = operation({
  id: "revokeReadToken",
  method: "DELETE",
  path: "/v1/read-tokens/{read_token}",
  tag: "Read tokens",
  access: "keys",
  summary: "Revoke a read token",
  description: "It is refused from its next request on. Revoking it again changes nothing.",
  at: readTokenPath,
  answers: { 204: { description: "Revoked." } },
  find: findOwnReadToken,
  admit,
  async run({ exchange, caller, at }) {
    await revokeReadToken(exchange, caller, at.read_token);
    return { ok: true, value: { status: 204 } };
  },
});
