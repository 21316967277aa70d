/** Every number a partner can run into, with its reason; the reference is made from this table. */
const table = {
  indicators: [10_000, "Indicators of one tip: what one batch writes in well under a second."],
  index_keys: [20_000, "Index keys of one tip. Most indicators have one or two; an image hash takes sixteen."],
  key_in_tip: [100, "Indicators of one tip found under one key; what stands more often is listed, not matched."],
  extension_bytes: [8_000, "Characters of all `x-` members of one object together."],
  heading_bytes: [
    65_536,
    "Bytes of a tip without its indicators, measures, observations and references: what lists show.",
  ],
  indicator_bytes: [16_384, "Bytes of one indicator in canonical form."],
  derived_bytes: [
    12_000_000,
    "Bytes of all indicators of a tip in canonical form; they count against the day's bytes.",
  ],
  tip_bytes: [4_000_000, "Bytes of a tip's payload; the database keeps it in pieces."],
  document_bytes: [262_144, "Bytes of any other signed document, and of a token request."],
  request_bytes: [6_000_000, "Bytes of a request: a tip at its limit in base64url, its audience, and room for JSON."],
  body_seconds: [30, "Seconds in which a request's body must be there: one that trickles in holds a worker's memory."],
  answer_seconds: [60, "Seconds in which a large answer must be fetched; then the connection is closed."],
  large: [
    {
      body_bytes: 32_768,
      answer_bytes: 262_144,
      probes: 2_000,
      reading: 2,
      sending: 2,
      waiting: 8,
      wait_seconds: 3,
      yield_ms: 100,
      burst_seconds: 0.4,
      share: 0.1,
      pause_seconds: 8,
      worker_bytes: 110_000_000,
    },
    "Large is a request whose body has that many bytes or does not say how many, a match of that many probes, and a page of documents or of indicators. Within a worker one such request of yours is worked on at a time, while that many bodies are read and answers fetched; that many more wait for their turn, so long. Between its pieces others go first, so long. Beyond a burst of work such requests have that share of the worker's time: `rate`, with a pause that is never longer. So no partner holds up the others or fills a worker's memory of 128 MB.",
  ],
  waiting: [
    { connections: 10, wait_seconds: 25, beat_seconds: 15, statements: 900 },
    // What lies between gives up after 30 seconds; the database allows a request 1,000 statements.
    "Streams and long polls of one partner within a worker.",
  ],
  recipients: [200, "Recipients of one audience, and exceptions of one: each is judged when the tip is taken."],
  questions: [1_000, "Questions of one match request."],
  probes: [60_000, "Index probes the questions of one request may come to: some 200 images, or a thousand addresses."],
  matches_bytes: [8_000_000, "Bytes of matches in one answer; `more_hits` says where some were left out."],
  hits_of_tip: [5, "Matches of one tip returned for one question before other tips have had theirs."],
  hits: [100, "Matches returned for one question; `more_hits` says that there are more."],
  candidates: [20_000, "Index rows read for one match request, so that one question cannot hold up the others."],
  page: [1_000, "Events of one page of the feed, and indicators of one page."],
  tips_page: [200, "Tips of one page of the list, and partners of one page of the directory."],
  page_bytes: [4_000_000, "Bytes of documents on one page of the feed; at least one document is always there."],
  token_rows: [1_000, "Events read for each token you hold, for one page; a page may be short while `more` is true."],
  groups_of_partner: [200, "Groups of one partner: a page of the feed reads one range for each."],
  keys_of_partner: [20, "Keys of one partner that are active or waiting."],
  piece_bytes: [1_500_000, "Bytes of one stored piece of a document: the database refuses values of 2,000,000."],
  tip_days: [730, "Days a tip lives without a new version: nothing lives for ever."],
  expiring_days: [14, "Days ahead at which `expiring` tells of a tip's end."],
  erase_days: [
    30,
    "Days after a tip expired or was withdrawn until its content is erased: its author may begin it anew.",
  ],
  key_delay_hours: [24, "Hours an added key waits, so that the partner's other keys can cancel it."],
  token_seconds: [300, "Seconds an access token lives: what is taken back ends soon everywhere."],
  assertion_seconds: [3_600, "Seconds ahead that a client assertion may expire; common clients send up to an hour."],
  proof_seconds: [60, "Seconds a DPoP proof's `iat` may lie from the exchange's clock."],
  skew_seconds: [10, "Seconds by which clocks may differ wherever a token or an assertion is judged."],
  future_seconds: [300, "Seconds a document's `issued_at` may run ahead of the exchange's clock."],
  non_disclosure_days: [180, "Days a non-disclosure may last."],
  quota: [
    { requests: 200_000, bytes: 500_000_000, index_keys: 1_000_000, questions: 1_000_000 },
    "Each partner and day in UTC: requests, bytes of tips, their index keys, questions asked.",
  ],
  database_bytes: [10_000_000_000, "Bytes of the database (D1's own limit)."],
  database_share: [0.8, "Share of that size above which submissions are refused; reading and recording go on."],
} as const satisfies Record<string, readonly [number | Record<string, number>, string]>;

type Table = typeof table;

export const limits = Object.fromEntries(Object.entries(table).map(([name, [value]]) => [name, value])) as {
  readonly [Name in keyof Table]: Table[Name][0];
};

/** Why each limit is what it is, and what it counts. */
export const limitReasons = Object.fromEntries(
  Object.entries(table).map(([name, [, reason]]) => [name, reason]),
) as Record<keyof Table, string>;
