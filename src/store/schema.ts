/**
 * The tables as the types of rows know them; only types are taken from here, and a table's export has its name. The
 * migrations make them and say what they are for; a test compares the two column by column. Times are RFC 3339 text in UTC
 * with milliseconds.
 */
import { integer, primaryKey, sqliteTable, sqliteView, text } from "drizzle-orm/sqlite-core";

export const partner = sqliteTable("partner", {
  slug: text().primaryKey().notNull(),
  name: text().notNull(),
  kind: text({ enum: ["platform", "law_enforcement", "research", "steward"] }).notNull(),
  country: text().notNull(),
  /** JSON lists of text. */
  platforms: text().notNull().default("[]"),
  domains: text().notNull().default("[]"),
  contact: text(),
  /** Separated by spaces. */
  scopes: text().notNull(),
  dpop: integer().notNull().default(0),
  attestation: text(),
  attested_at: text(),
  enrolled_at: text().notNull(),
  suspended_at: text(),
  purpose_approval: integer().notNull().default(0),
  legal_process_url: text(),
  /** Whose it is, as the steward attested; null: not attested. */
  ownership: text(),
  /** Whether its new tips are held. */
  hold: text({ enum: ["auto", "never", "always"] })
    .notNull()
    .default("auto"),
});

export const site = sqliteTable("site", {
  domain: text().primaryKey().notNull(),
  platform: text().notNull(),
  partner: text().notNull(),
});

export const partner_key = sqliteTable("partner_key", {
  kid: text().primaryKey().notNull(),
  partner: text().notNull(),
  /** The public JWK, JSON. */
  jwk: text().notNull(),
  state: text({ enum: ["active", "cancelled", "retired", "compromised"] }).notNull(),
  added_at: text().notNull(),
  active_from: text().notNull(),
  introduced_by: text(),
  retired_at: text(),
  compromised_since: text(),
});

export const invitation = sqliteTable("invitation", {
  code_sha256: text().primaryKey().notNull(),
  partner: text().notNull(),
  made_at: text().notNull(),
  expires_at: text().notNull(),
  used_at: text(),
});

export const sharing_group = sqliteTable("sharing_group", {
  slug: text().primaryKey().notNull(),
  name: text().notNull(),
  mixed: integer().notNull(),
  open_roster: integer().notNull(),
  made_at: text().notNull(),
});

export const membership = sqliteTable(
  "membership",
  {
    partner: text().notNull(),
    group_slug: text().notNull(),
    since: integer().notNull(),
    began_at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.partner, table.group_slug] })],
);

export const departure = sqliteTable("departure", {
  departure_no: integer().primaryKey(),
  partner: text().notNull(),
  group_slug: text().notNull(),
  since: integer().notNull(),
  ended_at: text().notNull(),
  until_seq: integer().notNull(),
  next_tip_no: integer().notNull().default(0),
});

export const kind_token = sqliteTable(
  "kind_token",
  { kind: text().notNull(), token: text().notNull(), by_country: integer().notNull() },
  (table) => [primaryKey({ columns: [table.kind, table.token] })],
);

/** What each partner holds now, and since which seq. */
export const holds = sqliteView("holds", {
  partner: text().notNull(),
  token: text().notNull(),
  since: integer().notNull(),
}).existing();

export const tip = sqliteTable("tip", {
  tip_no: integer().primaryKey(),
  tip: text().notNull(),
  author: text().notNull(),
  version: integer().notNull(),
  revision: integer().notNull(),
  audience_seq: integer().notNull(),
  tlp: text().notNull(),
  operation: text().notNull(),
  urgency: text(),
  respond_by: text(),
  accepted_at: text().notNull(),
  expires_at: text().notNull(),
  embargo_until: text(),
  withdrawn_at: text(),
  suspended_at: text(),
  expiring_told: integer().notNull().default(0),
  expired_told: integer().notNull().default(0),
  embargo_told: integer().notNull().default(0),
  erased_at: text(),
  mark: text(),
});

export const tip_version = sqliteTable(
  "tip_version",
  {
    tip_no: integer().notNull(),
    version: integer().notNull(),
    digest: text().notNull(),
    kid: text().notNull(),
    protected: text().notNull(),
    signature: text().notNull(),
    bytes: integer().notNull(),
    seq: integer().notNull(),
    accepted_at: text().notNull(),
    heading: text().notNull(),
    warnings: text().notNull(),
    replaced_at: text(),
    indicators: integer().notNull().default(0),
    /** JSON: `Difference` of core. */
    difference: text(),
  },
  (table) => [primaryKey({ columns: [table.tip_no, table.version] })],
);

export const document_piece = sqliteTable(
  "document_piece",
  {
    tip_no: integer().notNull(),
    version: integer().notNull(),
    piece: integer().notNull(),
    text: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tip_no, table.version, table.piece] })],
);

const signed = {
  digest: text().notNull(),
  kid: text().notNull(),
  protected: text().notNull(),
  payload: text().notNull(),
  signature: text().notNull(),
  seq: integer().notNull(),
  accepted_at: text().notNull(),
};

export const audience = sqliteTable(
  "audience",
  { tip_no: integer().notNull(), revision: integer().notNull(), version: integer().notNull(), ...signed },
  (table) => [primaryKey({ columns: [table.tip_no, table.revision] })],
);

export const withdrawal = sqliteTable("withdrawal", { tip_no: integer().primaryKey(), ...signed });

export const recall = sqliteTable(
  "recall",
  {
    tip_no: integer().notNull(),
    partner: text().notNull(),
    seq: integer().notNull(),
    at: text().notNull(),
    outcome: text({ enum: ["deleted", "kept_under_law", "never_stored"] }),
    acknowledged_at: text(),
    reminded: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.tip_no, table.partner] })],
);

export const acknowledgement = sqliteTable("acknowledgement", {
  acknowledgement_no: integer().primaryKey({ autoIncrement: true }),
  tip_no: integer().notNull(),
  partner: text().notNull(),
  seq: integer().notNull(),
  outcome: text().notNull(),
  at: text().notNull(),
  kid: text().notNull(),
});

export const tip_token = sqliteTable("tip_token", { token: text().notNull(), tip_no: integer().notNull() }, (table) => [
  primaryKey({ columns: [table.token, table.tip_no] }),
]);

export const tip_except = sqliteTable(
  "tip_except",
  { tip_no: integer().notNull(), partner: text().notNull() },
  (table) => [primaryKey({ columns: [table.tip_no, table.partner] })],
);

export const tip_place = sqliteTable(
  "tip_place",
  { place: text().notNull(), tip_no: integer().notNull(), indicators: integer().notNull() },
  (table) => [primaryKey({ columns: [table.place, table.tip_no] })],
);

export const tip_type = sqliteTable(
  "tip_type",
  { tip_no: integer().notNull(), type: text().notNull(), indicators: integer().notNull() },
  (table) => [primaryKey({ columns: [table.tip_no, table.type] })],
);

export const indicator = sqliteTable(
  "indicator",
  {
    tip_no: integer().notNull(),
    version: integer().notNull(),
    ordinal: integer().notNull(),
    type: text().notNull(),
    platform: text(),
    valid_until: text().notNull(),
    body: text().notNull(),
    /** Bits: 1 disputed, 2 undecided for 14 days, 4 an appeal was upheld. */
    mark: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.tip_no, table.version, table.ordinal] })],
);

export const index_key = sqliteTable(
  "index_key",
  { key: text().notNull(), tip_no: integer().notNull(), version: integer().notNull(), ordinal: integer().notNull() },
  (table) => [primaryKey({ columns: [table.key, table.tip_no, table.version, table.ordinal] })],
);

export const prefix_length = sqliteTable("prefix_length", { prefix: text().primaryKey().notNull() });

export const event_type = sqliteTable("event_type", {
  type: text().primaryKey().notNull(),
  /** 0: news, addressed by name. 1: told while the tip is visible. 2: news, told to whoever had sight of that version. */
  content: integer().notNull(),
});

export const event = sqliteTable("event", {
  seq: integer().primaryKey({ autoIncrement: true }),
  type: text().notNull(),
  at: text().notNull(),
  /** 0, as the version, where it is about a subscription. */
  tip_no: integer().notNull(),
  version: integer().notNull(),
  subscription: text(),
});

/** What is told with an event: JSON objects. */
export const event_detail = sqliteTable("event_detail", {
  seq: integer().primaryKey(),
  tip_no: integer().notNull(),
  detail: text().notNull().default("{}"),
  for_author: text(),
});

export const event_token = sqliteTable(
  "event_token",
  { token: text().notNull(), seq: integer().notNull() },
  (table) => [primaryKey({ columns: [table.token, table.seq] })],
);

export const event_skip = sqliteTable(
  "event_skip",
  { seq: integer().notNull(), partner: text().notNull() },
  (table) => [primaryKey({ columns: [table.seq, table.partner] })],
);

export const purpose = sqliteTable("purpose", {
  purpose: text().primaryKey().notNull(),
  partner: text().notNull(),
  legal_basis: text().notNull(),
  case_reference: text().notNull(),
  unit: text().notNull(),
  until: text().notNull(),
  non_disclosure: text(),
  made_at: text().notNull(),
  approved_at: text(),
  ended_at: text(),
  ended_by: text({ enum: ["partner", "steward"] }),
});

export const read_token = sqliteTable("read_token", {
  read_token: text().primaryKey().notNull(),
  secret_sha256: text().notNull(),
  partner: text().notNull(),
  description: text(),
  purpose: text().notNull().default(""),
  /** JSON list of ranges; null: from anywhere. */
  addresses: text(),
  kid: text().notNull(),
  made_at: text().notNull(),
  expires_at: text().notNull(),
  revoked_at: text(),
  used_on: text(),
});

export const access = sqliteTable("access", {
  access_no: integer().primaryKey({ autoIncrement: true }),
  partner: text().notNull(),
  at: text().notNull(),
  door: text().notNull(),
  purpose: text().notNull().default(""),
  kid: text().notNull(),
});

export const access_tip = sqliteTable(
  "access_tip",
  {
    tip_no: integer().notNull(),
    partner: text().notNull(),
    version: integer().notNull(),
    day: text().notNull(),
    door: text().notNull(),
    purpose: text().notNull().default(""),
  },
  (table) => [
    primaryKey({ columns: [table.tip_no, table.day, table.partner, table.version, table.door, table.purpose] }),
  ],
);

export const refusal = sqliteTable(
  "refusal",
  { month: text().notNull(), reason: text().notNull(), refusals: integer().notNull() },
  (table) => [primaryKey({ columns: [table.month, table.reason] })],
);

export const transparency = sqliteTable("transparency", {
  month: text().primaryKey().notNull(),
  /** JSON. */
  report: text().notNull(),
  made_at: text().notNull(),
});

export const tip_relation = sqliteTable(
  "tip_relation",
  { tip_no: integer().notNull(), related: text().notNull(), relation: text().notNull() },
  (table) => [primaryKey({ columns: [table.tip_no, table.related, table.relation] })],
);

export const claim = sqliteTable(
  "claim",
  {
    tip_no: integer().notNull(),
    related_no: integer().notNull(),
    relation: text({ enum: ["duplicates", "same-operation"] }).notNull(),
    partner: text().notNull(),
    made_at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tip_no, table.related_no, table.relation, table.partner] })],
);

export const triage = sqliteTable(
  "triage",
  {
    partner: text().notNull(),
    tip_no: integer().notNull(),
    state: text({ enum: ["new", "working", "done", "not_relevant"] }).notNull(),
    assignee: text(),
    snooze_until: text(),
    changed_at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.partner, table.tip_no] })],
);

/** Words on indicators that a later version no longer has; written by a trigger on `feedback_standing`. */
export const feedback_past = sqliteTable(
  "feedback_past",
  {
    digest: text().notNull(),
    status: text().notNull(),
    already_known: integer().notNull(),
    indicators: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.digest, table.status, table.already_known] })],
);

/** The first time a partner was handed a tip; written by triggers on `access_tip`. */
export const receiving = sqliteTable(
  "receiving",
  {
    partner: text().notNull(),
    tip_no: integer().notNull(),
    day: text().notNull(),
    at: text().notNull().default(""),
    through: text(),
    mine: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.partner, table.tip_no] })],
);

export const quota = sqliteTable(
  "quota",
  {
    partner: text().notNull(),
    day: text().notNull(),
    requests: integer().notNull().default(0),
    bytes: integer().notNull().default(0),
    index_keys: integer().notNull().default(0),
    questions: integer().notNull().default(0),
    calls: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.partner, table.day] })],
);

export const subscription = sqliteTable("subscription", {
  subscription: text().primaryKey().notNull(),
  partner: text().notNull(),
  kind: text().notNull(),
  country: text().notNull(),
  url: text().notNull(),
  payload: text({ enum: ["thin", "full", "notice"] }).notNull(),
  /** JSON. */
  filters: text().notNull(),
  description: text(),
  contact: text(),
  purpose: text().notNull().default(""),
  kid: text().notNull(),
  made_at: text().notNull(),
  changed_at: text().notNull(),
  proved_at: text(),
  paused_at: text(),
  paused_for: text({ enum: ["owner", "gone", "failing"] }),
  secret_no: integer().notNull(),
  former_no: integer(),
  former_until: text(),
  caught_up: integer().notNull(),
  next_try_at: text(),
});

export const used_once = sqliteTable("used_once", { id: text().primaryKey().notNull(), until: text().notNull() });

/** Scratch of one batch: empty between batches. */
export const sight_before = sqliteTable(
  "sight_before",
  { tip_no: integer().notNull(), partner: text().notNull() },
  (table) => [primaryKey({ columns: [table.tip_no, table.partner] })],
);
export const chosen = sqliteTable("chosen", { tip_no: integer().primaryKey() });

export const guard = sqliteTable("guard", {
  key_live: integer(),
  version_current: integer(),
  audience_current: integer(),
  tip_free: integer(),
  invitation_open: integer(),
  recipients_known: integer(),
  not_last: integer(),
  still_due: integer(),
  quota_left: integer(),
  room_left: integer(),
  still_visible: integer(),
  not_held: integer(),
  caller_same: integer(),
});

export const feedback = sqliteTable("feedback", {
  digest: text().primaryKey().notNull(),
  tip_no: integer().notNull(),
  partner: text().notNull(),
  version: integer().notNull(),
  kid: text().notNull(),
  protected: text().notNull(),
  payload: text().notNull(),
  signature: text().notNull(),
  seq: integer().notNull(),
  accepted_at: text().notNull(),
  status: text(),
  /** JSON: of how many indicators which status is said. */
  statuses: text().notNull().default("{}"),
  /** 0: with the author; 1: with those who had sight; 2: with law enforcement among them too. */
  shared: integer().notNull().default(0),
  answers: text(),
  void: integer().notNull().default(0),
  /** JSON: what it says of which ordinal (core's `spokenOf`). */
  spoken: text().notNull().default("[]"),
  words: integer().notNull().default(0),
  counts_in: integer().notNull().default(0),
});

/** Of each tip that others have spoken of, the seq of the newest word. */
export const heard = sqliteTable(
  "heard",
  { author: text().notNull(), tip_no: integer().notNull(), seq: integer().notNull() },
  (table) => [primaryKey({ columns: [table.author, table.tip_no] })],
);

export const feedback_standing = sqliteTable(
  "feedback_standing",
  {
    tip_no: integer().notNull(),
    /** -1: the tip as a whole. */
    ordinal: integer().notNull(),
    partner: text().notNull(),
    status: text().notNull(),
    already_known: integer().notNull(),
    count: integer(),
    first_seen: text(),
    last_seen: text(),
    shared: integer().notNull(),
    digest: text().notNull(),
    at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tip_no, table.ordinal, table.partner] })],
);

export const observable = sqliteTable(
  "observable",
  {
    id: text().notNull(),
    tip_no: integer().notNull(),
    version: integer().notNull(),
    ordinal: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.id, table.tip_no, table.version, table.ordinal] })],
);

export const observables_kept = sqliteTable("observables_kept", {
  one: integer().primaryKey(),
  seq: integer().notNull(),
});

/** What a partner published, and how many of its indicators were disputed and not confirmed. */
export const partner_day = sqliteTable(
  "partner_day",
  {
    partner: text().notNull(),
    day: text().notNull(),
    tips: integer().notNull().default(0),
    indicators: integer().notNull().default(0),
    disputed: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.partner, table.day] })],
);

export const appeal = sqliteTable(
  "appeal",
  {
    tip_no: integer().notNull(),
    ordinal: integer().notNull(),
    partner: text().notNull(),
    version: integer().notNull(),
    at: text().notNull(),
    decided_on: text(),
  },
  (table) => [primaryKey({ columns: [table.tip_no, table.version, table.ordinal, table.partner] })],
);

export const dispute_voice = sqliteTable(
  "dispute_voice",
  {
    tip_no: integer().notNull(),
    version: integer().notNull(),
    ordinal: integer().notNull(),
    partner: text().notNull(),
    host: integer().notNull(),
    at: text().notNull(),
    digest: text().notNull(),
    /** It was taken back, or its dispute decided against it. */
    spent: integer().notNull().default(0),
    /** Of the same thing as one that its partner named. */
    copy: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.tip_no, table.version, table.ordinal, table.partner] })],
);

export const dispute = sqliteTable("dispute", {
  dispute_no: integer().primaryKey(),
  tip_no: integer().notNull(),
  version: integer().notNull(),
  ordinal: integer().notNull(),
  state: text({ enum: ["open", "undecided", "confirmed", "corrected", "dropped", "taken-back"] })
    .notNull()
    .default("open"),
  opened_at: text().notNull(),
  decided_at: text(),
  /** JSON. */
  partners: text().notNull(),
  reason: text(),
  told: integer().notNull().default(0),
});

export const held_tip = sqliteTable("held_tip", {
  held_no: integer().primaryKey({ autoIncrement: true }),
  partner: text().notNull(),
  digest: text().notNull(),
  tip: text().notNull(),
  version: integer().notNull(),
  held_at: text().notNull(),
  reason: text({ enum: ["flood", "disputed", "always"] }).notNull(),
  /** JSON. */
  types: text().notNull(),
  bytes: integer().notNull(),
  recipients: integer().notNull(),
  state: text({ enum: ["held", "failed", "refused"] })
    .notNull()
    .default("held"),
  /** JSON. */
  problem: text(),
  until: text().notNull(),
});

export const held_piece = sqliteTable(
  "held_piece",
  { held_no: integer().notNull(), piece: integer().notNull(), text: text().notNull() },
  (table) => [primaryKey({ columns: [table.held_no, table.piece] })],
);
