/** `GET /v1/read-tokens` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { uuid } from "../../core/names.ts";
import { listReadTokens } from "../../exchange/read-tokens.ts";
import { readToken } from "../answers/read-tokens.ts";
import { page } from "../answers/tips.ts";
import { give, operation } from "../operation.ts";
import { limitParameter } from "../parameters.ts";
import { sampleReadToken } from "./sample.ts";

export const listReadTokensOperation = operation({
  id: "listReadTokens",
  method: "GET",
  path: "/v1/read-tokens",
  tag: "Read tokens",
  access: "keys",
  summary: "List your read tokens",
  description: "Without the tokens themselves; those that are over or revoked too.",
  query: z.strictObject({
    limit: limitParameter(limits.read_token.page, 50),
    after: uuid.optional().describe("The `next` of the page before."),
  }),
  answers: {
    200: {
      description: "A page of them, the newest first.",
      schema: z.strictObject({ read_tokens: z.array(readToken), ...page }),
      example: { read_tokens: [{ ...sampleReadToken, used_on: "2026-11-24" }], next: null, more: false },
    },
  },
  async run({ exchange, caller, query }) {
    const { items, next, more } = await listReadTokens(exchange, caller, query);
    return give(200, { read_tokens: items, next, more });
  },
});
