/** What the reference says beside the declarations: how to begin, sign in, sign, read errors and pages. */
import type { tags } from "../api/operation.ts";
import { limits } from "../core/limits.ts";
import type { Scope } from "../core/names.ts";

export const summary =
  "An exchange on which platforms share signed, scoped tips about coordinated operations. A tip is signed by who wrote it, scoped to who may see it, and matched against what the receiver has. All examples are of one sample tip at https://tipoff.example; its signatures are real, by sample keys.";

export const scopeMeanings: Record<Scope, string> = {
  "tips:read": "Read tips, their indicators and the feed",
  "tips:write": "Submit, rescope and withdraw tips",
  match: "Ask questions",
  feedback: "Say what became of tips, to yourself how they stand, and how they are related",
  subscriptions: "Have tips sent to an endpoint of yours; with `tips:read`",
  keys: "Manage one's own keys, and read tokens; with `tips:read`",
  admin: "The steward's: partners, groups, others' keys and purposes",
  purposes: "An agency's own purposes; every agency has it, and asks for it alone",
};

export const tagMeanings: Record<(typeof tags)[number], string> = {
  "Signing in": "From an invitation to an access token.",
  Tips: "Writing tips, reading them, and following what happens to them.",
  "Working on tips":
    "An operation across tips, what you say to yourself of each, and your own figures: docs/working.md.",
  Matching: "Asking whether a tip is about what you have.",
  Disputes: "Undoing mistakes: appeals, disputes, and tips that are held: docs/disputes.md.",
  TAXII:
    "TAXII 2.1 and STIX 2.1, for reading with the tools you have: docs/taxii.md. Refusals are error messages as TAXII has them, and `external_details` is the `type` of the problem.",
  "Other tools": "What the tools of the field read by themselves. MISP: docs/misp.md has the settings.",
  Records: "Who was handed what, to whom it concerns; and what everybody may know.",
  Subscriptions:
    "Webhooks (Standard Webhooks): your endpoint is called when something happens to a tip that you may see.",
  "Read tokens": "For tools that sign nothing (TAXII clients, MISP, a spreadsheet): they read, and do nothing else.",
  Purposes: "Why an agency reads: registered ahead, approved by the steward where its enrolment says so, ended.",
  Partners: "The directory, and the steward's keeping of it.",
  Groups: "Named sharing groups of partners.",
  Keys: "Public keys over time. Private keys never reach the exchange.",
  Reference: "What you are reading.",
};

/** Sections before the operations: a paragraph each line. Words in backticks are code. */
export const sections: readonly {
  id: string;
  title: string;
  steps?: readonly string[];
  paragraphs: readonly string[];
}[] = [
  {
    id: "start",
    title: "Start here",
    steps: [
      "The steward enrols you and sends a code. `POST /join` makes your first key.",
      `Sign an assertion with it: \`POST /oauth/token\` gives a token for ${limits.token_seconds / 60} minutes.`,
      "Read `GET /v1/feed` from the start, keep `next`, come back with it.",
      "Ask about what you have with `POST /v1/match`.",
      "Sign a tip and its audience, and send both to `POST /v1/tips`.",
    ],
    paragraphs: [
      "The package `tipoff` holds a client library and a command line that do all of it.",
      "Everything is JSON in UTF-8, members in snake_case, times RFC 3339 in UTC. Unknown members and unknown query parameters are refused; in signed documents members beginning with `x-` are yours.",
    ],
  },
  {
    id: "signing-in-how",
    title: "How to sign in",
    paragraphs: [
      "OAuth 2 client credentials with `private_key_jwt` (RFC 7523): sign a JWT with one of your keys, exchange it for an access token. No secret is shared. Standard clients find everything in the metadata at `/.well-known/oauth-authorization-server`.",
      `A token is sent as \`authorization: Bearer …\`. If you sent a \`dpop\` proof when you asked for it, it is bound to that key: send it as \`authorization: DPoP …\`, with a fresh proof in the header \`dpop\` on each request (RFC 9449; \`htm\`, \`htu\`, \`jti\`, \`iat\` within ${limits.proof_seconds} seconds, \`ath\`). Each proof is used once. For a try with curl, \`tipoff token --bearer\` gives a token without one.`,
      "Law enforcement states its purpose in `authorization_details`; each of its readings is recorded with it. Stating one registers it, unless the agency was enrolled with `purpose_approval`: then it registers it with `POST /v1/purposes` and waits for the steward. For that a token with the scope `purposes`, asked for alone, needs no purpose; it is for nothing else. Law enforcement, and the scopes `admin`, `keys` and `subscriptions`, must use DPoP.",
      "What can sign nothing uses a read token (`POST /v1/read-tokens`) wherever a GET needs `tips:read`: as the password of Basic credentials with any user name, as `Bearer`, or as `Token`. It is never taken from a URL.",
      "A token ends early with its key, with the partner's suspension, and with a scope that is taken back.",
    ],
  },
  {
    id: "signed",
    title: "Signed documents",
    paragraphs: [
      "A tip, an audience, a withdrawal and feedback are flattened JWS (RFC 7515): exactly `protected`, `payload` and `signature`, each canonical base64url without padding. The protected header holds exactly `alg` (`EdDSA`, `Ed25519` or `ES256`), `kid` (the key's RFC 7638 thumbprint) and `typ` (`tip+jws`, `audience+jws`, `withdrawal+jws`, `feedback+jws`). The signature is over the bytes sent; there is no canonicalisation.",
      "A document's digest is the SHA-256 of the ASCII of `protected.payload`, base64url. Sameness is by digest: the same document sent again is answered as before and changes nothing.",
      "A payload is parsed strictly: duplicate names, integers beyond 2^53 - 1 and lone surrogates are refused.",
      "A receipt is a compact JWS by the exchange. A tip verifies under its author's key with the exchange switched off; under a key that is no longer active it needs its receipt, and `accepted_at` is what counts.",
    ],
  },
  {
    id: "errors",
    title: "Errors",
    paragraphs: [
      "Every refusal is a problem (RFC 9457) as `application/problem+json`; only `/oauth/token` has OAuth's own form. Branch on `type`: it never changes and is a page that says what to do. `faults` lists every fault found, each with a JSON pointer, a hundred at most. Nothing of a refused request's content is stored.",
      "What is not there and what is not yours answer alike: 404 with the same body, judged before your request's body is read. What only a tip's author may do is 404 for everyone else.",
      "The order of judging: token and scope, path, what the path names, the day's quota, query, body. Within a signed document: envelope, key and signature, author, whether the same document is there already, key active, content.",
      "Every answer carries `x-request-id`; 401 and 403 carry `www-authenticate`, 429 and 503 `retry-after` in seconds.",
    ],
  },
  {
    id: "paging",
    title: "Pages and the feed",
    paragraphs: [
      "Pass a page's `next` as `after`, unchanged, while `more` is true. A page may be short or empty and still say `more`.",
      "The feed never skips and never repeats: events come in commit order, and nothing is inserted behind a cursor. What becomes visible to you later comes as a fresh event. Visibility is judged when something is handed out.",
      "After a restore, old cursors answer 410: read again from the start; what you know by `digest` is not news.",
    ],
  },
];
