/** One example of every problem, as the exchange words it. */
import { limits } from "../core/limits.ts";
import type { Fault, Slug } from "../core/problem.ts";

const nothingStored = "Nothing was stored. Mend each fault, sign again, and send again.";

export const problemExamples: Record<Slug, { detail: string; faults?: Fault[] }> = {
  unreadable: { detail: "The body is not JSON in UTF-8." },
  "malformed-parameter": {
    detail: "Mend the query's parameters.",
    faults: [{ pointer: "/limit", detail: "Use a whole number." }],
  },
  "invalid-envelope": {
    detail: "Send exactly the members protected, payload and signature.",
    faults: [{ pointer: "/tip", detail: "Send exactly the members protected, payload and signature." }],
  },
  "unknown-key": {
    detail: "Sign with a key registered for you; `kid` is its RFC 7638 thumbprint.",
    faults: [{ pointer: "/tip/protected", detail: "This kid is not one of your keys." }],
  },
  "bad-signature": {
    detail: "The signature does not verify. Sign exactly the bytes you send.",
    faults: [{ pointer: "/tip/signature", detail: "Not this key's signature over protected.payload." }],
  },
  "key-not-active": {
    detail: "The key is waiting, retired or compromised. Sign again with an active key.",
    faults: [{ pointer: "/tip/protected", detail: "This key is not active." }],
  },
  "not-the-author": {
    detail: "Documents are submitted by their author: `from` must be you.",
    faults: [{ pointer: "/tip/from", detail: "Not the caller." }],
  },
  "invalid-document": {
    detail: nothingStored,
    faults: [
      { pointer: "/tip/tlp", detail: "This must be one of red, amber+strict, amber, green, clear." },
      { pointer: "/tip/indicators/17/value", detail: "A hash by sha256 is 64 hex digits." },
      { pointer: "/audience/to/0", detail: "TLP red goes to named partners only." },
    ],
  },
  "invalid-request": {
    detail: "Mend each fault and send again. Nothing was stored.",
    faults: [{ pointer: "/slug", detail: "Use 1 to 48 of a-z, 0-9 and inner hyphens." }],
  },
  "unknown-recipient": {
    detail: "Some recipients cannot be addressed by you. Nothing was stored.",
    faults: [
      {
        pointer: "/audience/to/1",
        detail: "You cannot address this recipient: check the name, and that you belong to the group.",
      },
    ],
  },
  unauthenticated: { detail: "The access token is not valid here now. Ask for a new one." },
  "missing-scope": { detail: "Ask for a token with the scope tips:write; the steward grants it." },
  "not-found": { detail: "There is no such thing, or it is not for you." },
  "not-acceptable": { detail: "Accept application/json or application/jose+json." },
  "tip-taken": {
    detail: "That tip id, or that version of it, is taken. Use a fresh id, or the next version of your own tip.",
  },
  "audience-conflict": {
    detail: "The audience has moved on: the next has revision 3 and the digest of the current one as previous.",
  },
  withdrawn: { detail: "Withdrawal is final. Publish a new tip instead." },
  "version-conflict": { detail: "The next version of this tip is 3." },
  taken: { detail: "That slug, or one of the domains, is taken. Slugs are never used again." },
  "key-state": { detail: "This is your last active key. Add another first." },
  "group-closed": { detail: "The group is closed to law enforcement; that never changes. Create a mixed one." },
  "old-cursor": { detail: "The exchange was restored since: read again from the start, without `after`." },
  "too-large": { detail: `A request has at most ${limits.request_bytes} bytes.` },
  "unsupported-media-type": { detail: "Send application/json." },
  quota: { detail: "Today's quota of questions is used up. Go on after midnight UTC." },
  rate: { detail: "Slow down: too many requests in a minute." },
  full: { detail: "The exchange's database is nearly full; reading goes on. Try again later." },
  unavailable: { detail: "Try again in a few seconds; what is safe to repeat is documented." },
  internal: { detail: "This is our fault. Quote the header x-request-id when you report it." },
};
