/** `POST /v1/read-tokens` */
import { limits } from "../../core/limits.ts";
import { newReadToken } from "../../core/read-token.ts";
import { makeReadToken, showReadToken } from "../../exchange/read-tokens.ts";
import { readTokenMade } from "../answers/read-tokens.ts";
import { give, operation } from "../operation.ts";
import { admit, sampleReadToken, sampleToken } from "./sample.ts";

export const makeReadTokenOperation = operation({
  id: "makeReadToken",
  method: "POST",
  path: "/v1/read-tokens",
  tag: "Read tokens",
  access: "keys",
  summary: "Make a read token",
  description: `For a tool that signs nothing: it opens every GET that needs \`tips:read\`, and nothing else, for ${limits.read_token.days} days at most. The token needs \`tips:read\` too. Law enforcement binds it to the purpose of its token and to source addresses. What it reads is recorded under its id.`,
  body: { schema: newReadToken, example: { description: "OpenCTI", addresses: ["203.0.113.7"], days: 90 } },
  admit,
  answers: {
    201: {
      description: "Made. The token is not shown again.",
      schema: readTokenMade,
      example: { ...sampleReadToken, token: sampleToken },
    },
  },
  problems: ["read-tokens-full", "key-not-active"],
  async run({ exchange, caller, body }) {
    const made = await makeReadToken(exchange, caller, body);
    return made.ok ? give(201, { ...showReadToken(made.value.row), token: made.value.token }) : made;
  },
});
