/** The small grammars: slugs, ids, countries, tokens of scope, times. */
import * as z from "zod";
import { limits } from "./limits.ts";
import { parseTime } from "./time.ts";

export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/, "Use 1 to 48 of a-z, 0-9 and inner hyphens.")
  .meta({ title: "slug" });
export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, "Use a lower-case UUID.")
  .meta({ format: "uuid" });
export const country = z
  .string()
  .regex(/^[A-Z]{2}$/, "Use an ISO 3166 code of two capitals.")
  .meta({ title: "ISO 3166 code" });
export const digest = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, "Use a SHA-256 in base64url.")
  .meta({ title: "SHA-256 in base64url" });
export const time = z
  .string()
  .refine((text) => text.includes("T") && parseTime(text) !== undefined, "Use an RFC 3339 date-time.")
  .meta({ format: "date-time" });
export const day = z
  .string()
  .refine((text) => parseTime(text) !== undefined, "Use YYYY-MM-DD or an RFC 3339 date-time.")
  .meta({ anyOf: [{ format: "date" }, { format: "date-time" }] });
/** Where people go with legal process: a page, for any browser. */
export const legalProcessUrl = z
  .string()
  .max(limits.legal_process_url_characters)
  .refine((text) => {
    const url = /^https:\/\/[!-~]+$/.test(text) ? URL.parse(text) : null;
    return url !== null && url.username === "" && url.password === "" && url.hostname.includes(".");
  }, "Use an https URL in ASCII, without a user name.")
  .meta({ format: "uri" });
export const short = z.string().min(1).max(256);
export const text = z.string().min(1).max(4_000);

export const kinds = ["platform", "law_enforcement", "research", "steward"] as const;
export type Kind = (typeof kinds)[number];
/** What the steward grants. */
export const grantableScopes = [
  "tips:read",
  "tips:write",
  "match",
  "feedback",
  "subscriptions",
  "keys",
  "admin",
] as const;
/** `purposes` is every agency's and nobody else's. It goes alone: who asks for it may have no purpose yet, and reads nothing. */
export const scopes = [...grantableScopes, "purposes"] as const;
export type Scope = (typeof scopes)[number];
export const scopesOf = ({ kind, scopes }: { kind: Kind; scopes: string }): Scope[] => [
  ...(scopes.split(" ") as Scope[]),
  ...(kind === "law_enforcement" ? (["purposes"] as const) : []),
];
/** What is done with these outlasts the token: whoever takes a bearer's must not get so far. */
export const boundScopes: readonly Scope[] = ["keys", "subscriptions", "purposes"];
export const needsProof = (asked: readonly Scope[]): boolean =>
  asked.includes("admin") || asked.some((scope) => boundScopes.includes(scope));

/** What a token of an audience's `to` names. */
export type Token =
  | { form: "partner"; partner: string }
  | { form: "group"; group: string; law_enforcement: boolean }
  | { form: "kind"; kind: "platforms" | "research" | "law-enforcement" | "everyone" | "public" }
  | { form: "country"; country: string };

const slugForm = "[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?";
const tokenForm = new RegExp(
  `^(?:partner:(${slugForm})|group:(${slugForm})(\\+law-enforcement)?|law-enforcement:([A-Z]{2})|(platforms|research|law-enforcement|everyone|public))$`,
);

export function readToken(token: string): Token | undefined {
  const found = tokenForm.exec(token);
  if (!found) return undefined;
  if (found[1]) return { form: "partner", partner: found[1] };
  if (found[2]) return { form: "group", group: found[2], law_enforcement: found[3] !== undefined };
  if (found[4]) return { form: "country", country: found[4] };
  return { form: "kind", kind: found[5] as "platforms" };
}

/** What may happen; kinds are added. The last is about one of the reader's own subscriptions, the others about a tip. */
export const eventTypes = [
  "published",
  "revised",
  "rescoped",
  "withdrawn",
  "recalled",
  "suspended",
  "expiring",
  "expired",
  "embargo_lifted",
  "feedback",
  "disputed",
  "undisputed",
  "appealed",
  "acknowledgement_due",
  "subscription_paused",
] as const;
export type EventType = (typeof eventTypes)[number];

/**
 * A delivery is `sending` while it is on its way, or was when the worker fell over; `withheld` where it was not the partner's any
 * more when its time came.
 */
export const deliveryStates = ["sending", "waiting", "delivered", "exhausted", "withheld"] as const;
export type DeliveryState = (typeof deliveryStates)[number];
