/** `GET /v1/purposes` */
import { listPurposes } from "../../exchange/manage-purposes.ts";
import { give, operation } from "../operation.ts";
import { purposesPage, purposesQuery, sampleApproved } from "./sample.ts";

export const listPurposesOperation = operation({
  id: "listPurposes",
  method: "GET",
  path: "/v1/purposes",
  tag: "Purposes",
  access: "purposes",
  summary: "List your purposes",
  description: "Those registered and those that token requests stated, with what became of them.",
  query: purposesQuery,
  answers: {
    200: {
      description: "A page of them, the newest first.",
      schema: purposesPage,
      example: { purposes: [sampleApproved], next: null, more: false },
    },
  },
  async run({ exchange, caller, query }) {
    const { items, next, more } = (await listPurposes(exchange, caller.partner, query))!;
    return give(200, { purposes: items, next, more });
  },
});
