/** `GET /v1/keys` */
import * as z from "zod";
import { listKeys } from "../../exchange/manage-keys.ts";
import { ownKey } from "../answers/partners.ts";
import { examples } from "../examples.ts";
import { give, operation } from "../operation.ts";
import { sampleAdded, sampleKey } from "./sample.ts";

export const listKeysOperation = operation({
  id: "listKeys",
  method: "GET",
  path: "/v1/keys",
  tag: "Keys",
  access: "keys",
  summary: "List your keys",
  answers: {
    200: {
      description: "All keys you ever had, oldest first.",
      schema: z.strictObject({ keys: z.array(ownKey) }),
      example: {
        keys: [
          { ...sampleKey, introduced_by: null },
          { ...sampleAdded, introduced_by: examples.keys.chirper.kid },
        ],
      },
    },
  },
  run: async ({ exchange, caller }) => give(200, { keys: await listKeys(exchange, caller) }),
});
