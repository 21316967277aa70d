/**
 * Every problem the exchange answers with (RFC 9457): one table of slugs. `type` is `<exchange>/problems/<slug>` and never
 * changes; `detail` is a sentence that tells the caller what to do in its case. What to do in any, and an example of each,
 * stand in src/reference/problem-words.ts.
 */
export interface Fault {
  /** JSON pointer (RFC 6901) into the request's body or into the signed document; "" is the whole. */
  pointer: string;
  detail: string;
}

export const problems = {
  unreadable: { status: 400, title: "The request cannot be read" },
  "malformed-parameter": { status: 400, title: "A query parameter is malformed" },
  "invalid-envelope": { status: 422, title: "The signed envelope is not acceptable" },
  "unknown-key": { status: 422, title: "The document's key is not one of yours" },
  "bad-signature": { status: 422, title: "The signature does not verify" },
  "key-not-active": { status: 422, title: "The document's key is not active" },
  "not-the-author": { status: 422, title: "The document is not by the caller" },
  "invalid-document": { status: 422, title: "The document is not acceptable" },
  "invalid-request": { status: 422, title: "The request is not acceptable" },
  "unknown-recipient": { status: 422, title: "A recipient cannot be addressed" },
  unauthenticated: { status: 401, title: "No valid access token" },
  "missing-scope": { status: 403, title: "The token lacks a scope" },
  "read-only": { status: 403, title: "Nothing is written here" },
  "not-found": { status: 404, title: "There is nothing here for you" },
  "not-acceptable": { status: 406, title: "That media type is not served" },
  "tip-taken": { status: 409, title: "The tip or version is taken" },
  "audience-conflict": { status: 409, title: "The audience has moved on" },
  withdrawn: { status: 409, title: "The tip is withdrawn" },
  "version-conflict": { status: 409, title: "The tip has moved on" },
  "under-non-disclosure": { status: 409, title: "The purpose states a non-disclosure" },
  "own-tip": { status: 409, title: "The tip is one's own" },
  "nothing-taken-back": { status: 409, title: "The tip was not taken back from you" },
  taken: { status: 409, title: "That name or key is taken" },
  "key-state": { status: 409, title: "The key's state does not allow that" },
  "purpose-state": { status: 409, title: "The purpose's state does not allow that" },
  "read-tokens-full": { status: 409, title: "There are as many read tokens as a partner may have" },
  "claims-full": { status: 409, title: "You have claimed as much of the tip as a partner may" },
  "group-closed": { status: 409, title: "The group is closed to that kind of partner" },
  "held-full": { status: 409, title: "There are as many held tips as a partner may have" },
  "subscriptions-full": { status: 409, title: "There are as many subscriptions as a partner may have" },
  "changed-meanwhile": { status: 409, title: "It was changed meanwhile" },
  "not-proved": { status: 409, title: "The endpoint did not prove itself" },
  "old-cursor": { status: 410, title: "The cursor is from before a restore" },
  "too-large": { status: 413, title: "The request is too large" },
  "unsupported-media-type": { status: 415, title: "That media type is not read" },
  quota: { status: 429, title: "The day's quota is used up" },
  rate: { status: 429, title: "Too many requests" },
  full: { status: 503, title: "The exchange takes no submissions at present" },
  unavailable: { status: 503, title: "The exchange cannot do that at present" },
  internal: { status: 500, title: "The exchange has a fault" },
} as const satisfies Record<string, { status: number; title: string }>;

export type Slug = keyof typeof problems;

/** A refusal on its way to the caller. */
export interface Problem {
  slug: Slug;
  detail: string;
  faults?: Fault[];
  /** Seconds, for 429 and 503. */
  retry_after?: number;
  /** For `WWW-Authenticate`: it was the DPoP proof, not the token, that was refused; and the scope that is missing. */
  proof_refused?: true;
  scope?: string;
}

export const problem = (slug: Slug, detail: string, faults?: Fault[]): Problem => ({
  slug,
  detail,
  ...(faults && { faults: faults.slice(0, 100) }),
});
