/** Requests of those who have a tip: what they say of it, what they do with it, and what its author does then. */
import { type Known, type Material, nobody, operation } from "./material.ts";

export const replies: Record<string, (known: Known) => Material> = {
  "POST /v1/tips/:tip/feedback": ({ tip, digest }) => ({
    as: "facepage",
    path: `/v1/tips/${tip}/feedback`,
    documents: {
      feedback: {
        tip,
        version: 1,
        digest,
        issued_at: "2026-01-01T00:00:00Z",
        status: "found",
        already_known: true,
        seen: { count: 3, first: "2026-01-01", last: "2026-01-02T00:00:00Z" },
        note: "x",
        share: "sight",
        law_enforcement: true,
        indicators: [
          { ordinals: [0, 2], status: "actioned", seen: { count: 2 }, note: "y" },
          { ordinals: [1], status: "not_found" },
        ],
      },
    },
  }),
  "GET /v1/tips/:tip/feedback": ({ tip, cursor }) => ({
    as: "facepage",
    path: `/v1/tips/${tip}/feedback`,
    query: { limit: "2", after: cursor, ordinal_after: "0" },
  }),
  "GET /v1/feedback": ({ cursor }) => ({
    as: "chirper",
    path: "/v1/feedback",
    query: { status: "found", since: "2026-01-01", unanswered: "true", limit: "2", after: cursor },
  }),
  "POST /v1/tips/:tip/appeals": ({ tip }) => ({
    as: "facepage",
    path: `/v1/tips/${tip}/appeals`,
    body: { indicators: [0, 1], version: 1, decided_on: "2026-11-25" },
  }),
  "GET /v1/tips/:tip/disputes": ({ tip }) => ({ as: "facepage", path: `/v1/tips/${tip}/disputes` }),
  "POST /v1/tips/:tip/disputes/:ordinal/confirmation": ({ tip }) => ({
    as: "chirper",
    path: `/v1/tips/${tip}/disputes/0/confirmation`,
    body: { reason: "x" },
  }),
  "GET /v1/held-tips": () => ({ as: "chirper", path: "/v1/held-tips" }),
  "DELETE /v1/held-tips/:digest": ({ digest }) => ({ as: "chirper", path: `/v1/held-tips/${digest}` }),
  "GET /v1/partners/:slug/held-tips": () => ({ as: "steward", path: "/v1/partners/chirper/held-tips" }),
  "POST /v1/partners/:slug/held-tips/:digest/release": ({ digest }) => ({
    as: "steward",
    path: `/v1/partners/chirper/held-tips/${digest}/release`,
    body: {},
  }),
  "POST /v1/partners/:slug/held-tips/:digest/refusal": ({ digest }) => ({
    as: "steward",
    path: `/v1/partners/chirper/held-tips/${digest}/refusal`,
    body: {},
  }),
  "POST /v1/tips/:tip/acknowledgements": ({ tip }) => ({
    as: "facepage",
    path: `/v1/tips/${tip}/acknowledgements`,
    body: { outcome: "deleted", event: "evt_1_1" },
  }),
  "GET /v1/tips/:tip/acknowledgements": ({ tip }) => ({
    as: "chirper",
    path: `/v1/tips/${tip}/acknowledgements`,
    query: { limit: "2" },
  }),
  "GET /v1/tips/:tip/difference": ({ tip, cursor }) => ({
    as: "facepage",
    path: `/v1/tips/${tip}/difference`,
    query: { limit: "2", after: cursor },
  }),
  "GET /v1/operations/:operation": ({ cursor }) => ({
    as: "facepage",
    path: `/v1/operations/${operation.id}`,
    query: { limit: "2", after: cursor },
  }),
  "POST /v1/tips/:tip/claims": ({ tip }) => ({
    as: "chirper",
    path: `/v1/tips/${tip}/claims`,
    body: { relation: "duplicates", tip: nobody },
  }),
  "DELETE /v1/tips/:tip/claims/:related": ({ tip }) => ({ as: "chirper", path: `/v1/tips/${tip}/claims/${nobody}` }),
  "PUT /v1/tips/:tip/triage": ({ tip }) => ({
    as: "facepage",
    path: `/v1/tips/${tip}/triage`,
    body: { state: "working", assignee: "ana", snooze_until: "2030-01-01T00:00:00Z" },
  }),
  "PUT /v1/triage": () => ({
    as: "facepage",
    path: "/v1/triage",
    body: {
      filter: { from: "chirper", for_you: true, triage: "open", since: "2026-01-01" },
      set: { state: "done", assignee: null },
      limit: 5,
    },
  }),
  "GET /v1/stats": () => ({
    as: "facepage",
    path: "/v1/stats",
    query: { from: "2026-01-01", to: "2026-12-31", by: "group", format: "csv" },
  }),
};
