/**
 * Every problem the exchange answers with (RFC 9457): one table of slugs. `type` is `<exchange>/problems/<slug>` and never
 * changes; `detail` is a sentence that tells the caller what to do in its case, `remedy` what to do in any.
 */
export interface Fault {
  /** JSON pointer (RFC 6901) into the request's body or into the signed document; "" is the whole. */
  pointer: string;
  detail: string;
}

export const problems = {
  unreadable: { status: 400, title: "The request cannot be read", remedy: "Send a body that is JSON in UTF-8." },
  "malformed-parameter": {
    status: 400,
    title: "A query parameter is malformed",
    remedy:
      "Mend the parameters that `faults` names; unknown and repeated ones are refused. Pass `after` exactly as `next` gave it.",
  },
  "invalid-envelope": {
    status: 422,
    title: "The signed envelope is not acceptable",
    remedy:
      "Send a flattened JWS of exactly `protected`, `payload` and `signature`, in canonical unpadded base64url, whose protected header holds exactly `alg`, `kid` and `typ`.",
  },
  "unknown-key": {
    status: 422,
    title: "The document's key is not one of yours",
    remedy: "Sign with a key registered for you. `kid` is its RFC 7638 thumbprint; `GET /v1/keys` lists yours.",
  },
  "bad-signature": {
    status: 422,
    title: "The signature does not verify",
    remedy:
      "Sign the bytes you send: the signature is over the ASCII of `protected.payload`, and `alg` is the key's own.",
  },
  "key-not-active": {
    status: 422,
    title: "The document's key is not active",
    remedy: "The key is waiting, retired or compromised. Sign again with an active one.",
  },
  "not-the-author": {
    status: 422,
    title: "The document is not by the caller",
    remedy: "Submit your own documents: `from` is the partner whose token you use.",
  },
  "invalid-document": {
    status: 422,
    title: "The document is not acceptable",
    remedy: "Mend every fault, sign again, send again. Pointers lead into the decoded document; nothing was stored.",
  },
  "invalid-request": {
    status: 422,
    title: "The request is not acceptable",
    remedy: "Mend every fault and send again. Pointers lead into the body; nothing was stored.",
  },
  "unknown-recipient": {
    status: 422,
    title: "A recipient cannot be addressed",
    remedy:
      "Take out the recipients that `faults` names, or check their names and that you belong to the group. Whether they exist is not said.",
  },
  unauthenticated: {
    status: 401,
    title: "No valid access token",
    remedy:
      "Ask `/oauth/token` for a new token and send it as `Bearer`, or as `DPoP` with a fresh proof where it is bound to a key.",
  },
  "missing-scope": {
    status: 403,
    title: "The token lacks a scope",
    remedy: "Ask for a token with the scope the operation names. The steward grants scopes.",
  },
  "not-found": {
    status: 404,
    title: "There is nothing here for you",
    remedy: "It is not there, or it is not for you; the two are not told apart. Check the id, or ask its author.",
  },
  "not-acceptable": {
    status: 406,
    title: "That media type is not served",
    remedy: "Accept `application/json` or `application/jose+json`.",
  },
  "tip-taken": {
    status: 409,
    title: "The tip or version is taken",
    remedy: "Use a fresh tip id for a new tip; for your own tip, the next version.",
  },
  "audience-conflict": {
    status: 409,
    title: "The audience has moved on",
    remedy: "Read your tip, then sign an audience of revision current + 1 with `audience_digest` as `previous`.",
  },
  withdrawn: {
    status: 409,
    title: "The tip is withdrawn",
    remedy: "Withdrawal is final. Publish a new tip that `relates_to` the old one.",
  },
  "version-conflict": {
    status: 409,
    title: "The tip has moved on",
    remedy: "Read your tip, then sign the next version, or speak of the current one by its digest.",
  },
  taken: {
    status: 409,
    title: "That name or key is taken",
    remedy:
      "Choose another name, or make a new key: slugs, domains and keys belong to one partner and are never used again.",
  },
  "key-state": {
    status: 409,
    title: "The key's state does not allow that",
    remedy:
      "Read `GET /v1/keys`: waiting keys can be cancelled, active ones retired by themselves or by an older one, and the last active key stays.",
  },
  "group-closed": {
    status: 409,
    title: "The group is closed to that kind of partner",
    remedy: "Choose a group that takes that kind of partner, or create a mixed one; what a group is never changes.",
  },
  "subscriptions-full": {
    status: 409,
    title: "There are as many subscriptions as a partner may have",
    remedy: "Delete one with `DELETE /v1/subscriptions/{subscription}`, or change its URL and filters.",
  },
  "not-proved": {
    status: 409,
    title: "The endpoint did not prove itself",
    remedy: 'Let it answer the challenge with 200 and `{ "challenge": … }`, then ask for another with `POST …/prove`.',
  },
  "old-cursor": {
    status: 410,
    title: "The cursor is from before a restore",
    remedy:
      "Read again from the start, without `after`: the exchange was restored, and what you know by `digest` is not news.",
  },
  "too-large": {
    status: 413,
    title: "The request is too large",
    remedy: "Send less at a time: the detail names the bound. Split a tip into several of one operation.",
  },
  "unsupported-media-type": {
    status: 415,
    title: "That media type is not read",
    remedy: "Send `content-type: application/json`.",
  },
  quota: {
    status: 429,
    title: "The day's quota is used up",
    remedy: "Wait until midnight UTC; `retry-after` says how many seconds that is. Ask the steward if you need more.",
  },
  rate: {
    status: 429,
    title: "Too many requests",
    remedy: "Wait for the seconds `retry-after` gives, then go on more slowly.",
  },
  full: {
    status: 503,
    title: "The exchange takes no submissions at present",
    remedy: "Try again later. Reading, matching and withdrawing go on.",
  },
  unavailable: {
    status: 503,
    title: "The exchange cannot do that at present",
    remedy:
      "Repeat the request after `retry-after` seconds. A signed document sent again is the same document; reads are safe.",
  },
  internal: {
    status: 500,
    title: "The exchange has a fault",
    remedy:
      "This is the exchange's fault. Report it with the header `x-request-id`; nothing of your request is logged.",
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>;

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
