/** Every number a partner can run into, with its reason. */
export const limits = {
  /** Indicators of one tip: what one batch writes in well under a second. */
  indicators: 10_000,
  /** Index keys of one tip; an image hash takes sixteen. */
  index_keys: 20_000,
  /** Bytes of a tip's payload; D1 keeps it in pieces. */
  tip_bytes: 4_000_000,
  /** Bytes of any other signed document. */
  document_bytes: 262_144,
  /** Bytes of a request: a tip at its limit in base64url, its audience, and room for JSON. */
  request_bytes: 6_000_000,
  /** Recipients and exceptions of one audience. */
  recipients: 200,
  /** Questions of one match request, and the probes they may come to (some 200 images). */
  questions: 1_000,
  probes: 60_000,
  /** Matches returned for one question, and index rows read for one request. */
  hits: 100,
  candidates: 20_000,
  /** Rows of one page. */
  page: 1_000,
  tips_page: 200,
  /** Bytes of documents on one page of the feed; at least one document is always there. */
  page_bytes: 4_000_000,
  /** Range-read rows for each token held, for one page. */
  token_rows: 1_000,
  /** Groups of one partner: one range read each, and D1 allows 1,000 queries. */
  groups_of_partner: 200,
  /** Keys of one partner that are not over. */
  keys_of_partner: 20,
  /** D1 refuses values of 2,000,000 bytes. */
  piece_bytes: 1_500_000,
  /** Days a tip lives without a new version, and how long ahead its end is told. */
  tip_days: 730,
  expiring_days: 14,
  /** Days after a tip expired or was withdrawn until its content is erased: time for its author to publish a new version. */
  erase_days: 30,
  /** Hours an added key waits, so that the partner's other keys can cancel it. */
  key_delay_hours: 24,
  /** Seconds: access token, assertion, DPoP proof, clock skew. */
  token_seconds: 300,
  assertion_seconds: 3_600,
  proof_seconds: 60,
  skew_seconds: 10,
  /** A document's `issued_at` may run this far ahead. */
  future_seconds: 300,
  /** Days a non-disclosure may last. */
  non_disclosure_days: 180,
  /** Each partner and day. */
  quota: { requests: 200_000, bytes: 500_000_000, index_keys: 1_000_000, questions: 1_000_000 },
  /** Share of the database's size above which submissions are refused, and that size (D1: 10 GB). */
  database_bytes: 10_000_000_000,
  database_share: 0.8,
} as const;
