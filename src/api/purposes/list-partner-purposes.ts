/** `GET /v1/partners/{slug}/purposes` */
import { slug } from "../../core/names.ts";
import { listPurposes } from "../../exchange/manage-purposes.ts";
import { give, operation } from "../operation.ts";
import { purposesPage, purposesQuery, sampleRegistered } from "./sample.ts";

export const listPartnerPurposesOperation = operation({
  id: "listPartnerPurposes",
  method: "GET",
  path: "/v1/partners/{slug}/purposes",
  tag: "Purposes",
  access: "admin",
  summary: "See an agency's purposes",
  description: "With legal basis, unit, case reference and non-disclosure: they are what is approved.",
  at: { slug },
  query: purposesQuery,
  answers: {
    200: {
      description: "A page of them, the newest first.",
      schema: purposesPage,
      example: { purposes: [sampleRegistered], next: null, more: false },
    },
  },
  async run({ exchange, at, query }) {
    const listed = await listPurposes(exchange, at.slug, query);
    return give(200, listed && { purposes: listed.items, next: listed.next, more: listed.more });
  },
});
