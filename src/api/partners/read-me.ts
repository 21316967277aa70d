/** `GET /v1/me` */
import { limits } from "../../core/limits.ts";
import { me } from "../answers/partners.ts";
import { give, operation } from "../operation.ts";

export const readMeOperation = operation({
  id: "readMe",
  method: "GET",
  path: "/v1/me",
  tag: "Partners",
  access: "any",
  summary: "See who you are here",
  description: "What you hold, what your token may do, and what is left of the day's quotas.",
  answers: {
    200: {
      description: "You, as you are at this moment.",
      schema: me,
      example: {
        partner: "facepage",
        kind: "platform",
        country: "XB",
        holds: ["everyone", "group:election-cell", "partner:facepage", "platforms"],
        places: ["facepage", "facepage.example"],
        scopes: ["tips:read", "match"],
        quotas: { used: { requests: 214, bytes: 0, index_keys: 0, questions: 1200, calls: 3 }, limits: limits.quota },
      },
    },
  },
  run({ caller: { partner, kind, country, held, places, scopes, quota } }) {
    const holds = held.map(({ token }) => token);
    const quotas = { used: quota, limits: limits.quota };
    return give(200, { partner, kind, country, holds, places, scopes, quotas });
  },
});
