/** Of every problem what to do about it, in any case, and an example, as the exchange words it. */
import { limits } from "../core/limits.ts";
import type { Fault, Slug } from "../core/problem.ts";

const nothingStored = "Nothing was stored. Mend each fault, sign again, and send again.";

export const problemWords: Record<Slug, { remedy: string; detail: string; faults?: Fault[] }> = {
  unreadable: { remedy: "Send a body that is JSON in UTF-8.", detail: "The body is not JSON in UTF-8." },
  "malformed-parameter": {
    remedy:
      "Mend the parameters that `faults` names; unknown and repeated ones are refused. Pass `after` exactly as `next` gave it.",
    detail: "Mend the query's parameters.",
    faults: [{ pointer: "/limit", detail: "Use a whole number." }],
  },
  "invalid-envelope": {
    remedy:
      "Send a flattened JWS of exactly `protected`, `payload` and `signature`, in canonical unpadded base64url, whose protected header holds exactly `alg`, `kid` and `typ`.",
    detail: "Send exactly the members protected, payload and signature.",
    faults: [{ pointer: "/tip", detail: "Send exactly the members protected, payload and signature." }],
  },
  "unknown-key": {
    remedy: "Sign with a key registered for you. `kid` is its RFC 7638 thumbprint; `GET /v1/keys` lists yours.",
    detail: "Sign with a key registered for you; `kid` is its RFC 7638 thumbprint.",
    faults: [{ pointer: "/tip/protected", detail: "This kid is not one of your keys." }],
  },
  "bad-signature": {
    remedy:
      "Sign the bytes you send: the signature is over the ASCII of `protected.payload`, and `alg` is the key's own.",
    detail: "The signature does not verify. Sign exactly the bytes you send.",
    faults: [{ pointer: "/tip/signature", detail: "Not this key's signature over protected.payload." }],
  },
  "key-not-active": {
    remedy: "The key is waiting, retired or compromised. Sign again with an active one.",
    detail: "The key is waiting, retired or compromised. Sign again with an active key.",
    faults: [{ pointer: "/tip/protected", detail: "This key is not active." }],
  },
  "not-the-author": {
    remedy: "Submit your own documents: `from` is the partner whose token you use.",
    detail: "Documents are submitted by their author: `from` must be you.",
    faults: [{ pointer: "/tip/from", detail: "Not the caller." }],
  },
  "invalid-document": {
    remedy: "Mend every fault, sign again, send again. Pointers lead into the decoded document; nothing was stored.",
    detail: nothingStored,
    faults: [
      { pointer: "/tip/tlp", detail: "This must be one of red, amber+strict, amber, green, clear." },
      { pointer: "/tip/indicators/17/value", detail: "A hash by sha256 is 64 hex digits." },
      { pointer: "/audience/to/0", detail: "TLP red goes to named partners only." },
    ],
  },
  "invalid-request": {
    remedy: "Mend every fault and send again. Pointers lead into the body; nothing was stored.",
    detail: "Mend each fault and send again. Nothing was stored.",
    faults: [{ pointer: "/slug", detail: "Use 1 to 48 of a-z, 0-9 and inner hyphens." }],
  },
  "unknown-recipient": {
    remedy:
      "Take out the recipients that `faults` names, or check their names and that you belong to the group. Whether they exist is not said.",
    detail: "Some recipients cannot be addressed by you. Nothing was stored.",
    faults: [
      {
        pointer: "/audience/to/1",
        detail: "You cannot address this recipient: check the name, and that you belong to the group.",
      },
    ],
  },
  unauthenticated: {
    remedy:
      "Ask `/oauth/token` for a new token and send it as `Bearer`, or as `DPoP` with a fresh proof where it is bound to a key. A read token is refused alike where it is over, revoked, from another address, or its purpose has ended.",
    detail: "The access token is not valid here now. Ask for a new one.",
  },
  "missing-scope": {
    remedy: "Ask for a token with the scope the operation names. The steward grants scopes.",
    detail: "Ask for a token with the scope tips:write; the steward grants it.",
  },
  "read-only": {
    remedy: "Sign your tip and send it to `POST /v1/tips`; `tipoff import` makes one of a STIX bundle.",
    detail: "Nothing is written by TAXII: tips are signed by their author.",
  },
  "not-found": {
    remedy: "It is not there, or it is not for you; the two are not told apart. Check the id, or ask its author.",
    detail: "There is no such thing, or it is not for you.",
  },
  "not-acceptable": {
    remedy: "Accept `application/json` or `application/jose+json`.",
    detail: "Accept application/json or application/jose+json.",
  },
  "tip-taken": {
    remedy: "Use a fresh tip id for a new tip; for your own tip, the next version.",
    detail: "That tip id, or that version of it, is taken. Use a fresh id, or the next version of your own tip.",
  },
  "audience-conflict": {
    remedy: "Read your tip, then sign an audience of revision current + 1 with `audience_digest` as `previous`.",
    detail: "The audience has moved on: the next has revision 3 and the digest of the current one as previous.",
  },
  withdrawn: {
    remedy: "Withdrawal is final. Publish a new tip that `relates_to` the old one.",
    detail: "Withdrawal is final. Publish a new tip instead.",
  },
  "version-conflict": {
    remedy: "Read your tip, then sign the next version, or speak of the current one by its digest.",
    detail: "The next version of this tip is 3.",
  },
  "held-full": {
    remedy: "Take held tips back with `DELETE /v1/held-tips/{digest}`, or ask the steward to release them.",
    detail:
      "1000 tips, or 100000000 bytes of them, are held already. Ask the steward to release them, or take some back.",
  },
  "under-non-disclosure": {
    remedy:
      "What you say of a tip names you to its author. Register a purpose without a non-disclosure, and say it with a token for that; or wait until the non-disclosure has ended.",
    detail:
      "You read under a non-disclosure, and this would name you to the tip's author. Say it under a purpose that states none.",
  },
  "own-tip": {
    remedy:
      "Answer feedback on your own tip with `reply_to` and a note, nothing else; what you know better goes into a new version.",
    detail: "An author does not speak on its own tip, but answers: give reply_to and a note, nothing else.",
  },
  "nothing-taken-back": {
    remedy: "There is nothing to acknowledge: you see the tip, and were never told that it was taken back from you.",
    detail: "This tip was not taken back from you.",
  },
  taken: {
    remedy:
      "Choose another name, or make a new key: slugs, domains and keys belong to one partner and are never used again.",
    detail: "That slug, or one of the domains, is taken. Slugs are never used again.",
  },
  "key-state": {
    remedy:
      "Read `GET /v1/keys`: waiting keys can be cancelled, active ones retired by themselves or by an older one, and the last active key stays.",
    detail: "This is your last active key. Add another first.",
  },
  "purpose-state": {
    remedy: "Read it with `GET /v1/partners/{slug}/purposes`. What has ended stays so; the agency states another.",
    detail: "It has ended and cannot be approved. The agency states another.",
  },
  "read-tokens-full": {
    remedy: "Revoke one that no tool needs any more with `DELETE /v1/read-tokens/{read_token}`.",
    detail: `A partner has at most ${limits.read_token.live} read tokens: revoke one.`,
  },
  "claims-full": {
    remedy: "Take one back (`DELETE /v1/tips/{tip}/claims/{related}`), or say it in a tip's own `relates_to`.",
    detail: "You have claimed as much of this tip as a partner may.",
  },
  "group-closed": {
    remedy: "Choose a group that takes that kind of partner, or create a mixed one; what a group is never changes.",
    detail: "The group is closed to law enforcement; that never changes. Create a mixed one.",
  },
  "subscriptions-full": {
    remedy: "Delete one with `DELETE /v1/subscriptions/{subscription}`, or change its URL and filters.",
    detail: `A partner has at most ${limits.subscriptions} subscriptions: delete one.`,
  },
  "changed-meanwhile": {
    remedy: "Read it again, and send what you still want changed: another request of yours was done first.",
    detail: "The subscription was changed meanwhile. Read it, and send what you want changed again.",
  },
  "not-proved": {
    remedy: 'Let it answer the challenge with 200 and `{ "challenge": … }`, then ask for another with `POST …/prove`.',
    detail: "It answered 404 (refused).",
  },
  "old-cursor": {
    remedy:
      "Read again from the start, without `after`: the exchange was restored, and what you know by `digest` is not news.",
    detail: "The exchange was restored since: read again from the start, without `after`.",
  },
  "too-large": {
    remedy: "Send less at a time: the detail names the bound. Split a tip into several of one operation.",
    detail: `A request has at most ${limits.request_bytes} bytes.`,
  },
  "unsupported-media-type": { remedy: "Send `content-type: application/json`.", detail: "Send application/json." },
  quota: {
    remedy: "Wait until midnight UTC; `retry-after` says how many seconds that is. Ask the steward if you need more.",
    detail: "Today's quota of questions is used up. Go on after midnight UTC.",
  },
  rate: {
    remedy: "Wait for the seconds `retry-after` gives, then go on more slowly.",
    detail: "Slow down: too many requests in a minute.",
  },
  full: {
    remedy: "Try again later. Reading, matching and withdrawing go on.",
    detail: "The exchange's database is nearly full; reading goes on. Try again later.",
  },
  unavailable: {
    remedy:
      "Repeat the request after `retry-after` seconds. A signed document sent again is the same document; reads are safe.",
    detail: "Try again in a few seconds; what is safe to repeat is documented.",
  },
  internal: {
    remedy:
      "This is the exchange's fault. Report it with the header `x-request-id`; nothing of your request is logged.",
    detail: "This is our fault. Quote the header x-request-id when you report it.",
  },
};
