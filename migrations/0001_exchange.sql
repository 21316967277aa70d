-- Partners, keys, groups, tips, the index by key, events, accesses. Times are RFC 3339 text in UTC with milliseconds, so that they sort.

CREATE TABLE partner (
  slug TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('platform', 'law_enforcement', 'research', 'steward')),
  country TEXT NOT NULL CHECK (length(country) = 2),
  platforms TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(platforms)),
  domains TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(domains)),
  contact TEXT CHECK (contact IS NULL OR json_valid(contact)),
  scopes TEXT NOT NULL,
  dpop INTEGER NOT NULL DEFAULT 0 CHECK (dpop IN (0, 1)),
  attestation TEXT,
  attested_at TEXT,
  enrolled_at TEXT NOT NULL,
  suspended_at TEXT
) STRICT, WITHOUT ROWID;

CREATE TRIGGER partner_is_fixed BEFORE UPDATE OF slug, kind, country ON partner
WHEN old.slug <> new.slug OR old.kind <> new.kind OR old.country <> new.country
BEGIN SELECT RAISE(ABORT, 'partner_is_fixed'); END;
CREATE TRIGGER partner_is_kept BEFORE DELETE ON partner BEGIN SELECT RAISE(ABORT, 'partner_is_kept'); END;

-- The platform each partner's domain stands for: the one mapping of parser and partner record.
CREATE TABLE site (
  domain TEXT PRIMARY KEY,
  platform TEXT NOT NULL,
  partner TEXT NOT NULL REFERENCES partner (slug)
) STRICT, WITHOUT ROWID;
CREATE INDEX site_by_partner ON site (partner);
CREATE INDEX site_by_platform ON site (platform);

CREATE TABLE partner_key (
  kid TEXT PRIMARY KEY,
  partner TEXT NOT NULL REFERENCES partner (slug),
  jwk TEXT NOT NULL CHECK (json_valid(jwk)),
  state TEXT NOT NULL CHECK (state IN ('active', 'cancelled', 'retired', 'compromised')),
  added_at TEXT NOT NULL,
  -- An added key waits: it is live from here on, unless cancelled before.
  active_from TEXT NOT NULL,
  introduced_by TEXT,
  retired_at TEXT,
  compromised_since TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX partner_key_by_partner ON partner_key (partner, added_at);
CREATE INDEX partner_key_by_introducer ON partner_key (introduced_by);
CREATE TRIGGER partner_key_is_fixed BEFORE UPDATE OF kid, partner, jwk, added_at ON partner_key
BEGIN SELECT RAISE(ABORT, 'partner_key_is_fixed'); END;
CREATE TRIGGER partner_key_is_kept BEFORE DELETE ON partner_key BEGIN SELECT RAISE(ABORT, 'partner_key_is_kept'); END;

CREATE TABLE invitation (
  code_sha256 TEXT PRIMARY KEY,
  partner TEXT NOT NULL REFERENCES partner (slug),
  made_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE sharing_group (
  slug TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  mixed INTEGER NOT NULL CHECK (mixed IN (0, 1)),
  open_roster INTEGER NOT NULL CHECK (open_roster IN (0, 1)),
  made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER sharing_group_is_fixed BEFORE UPDATE OF slug, mixed, open_roster ON sharing_group
BEGIN SELECT RAISE(ABORT, 'sharing_group_is_fixed'); END;

CREATE TABLE membership (
  partner TEXT NOT NULL REFERENCES partner (slug),
  group_slug TEXT NOT NULL REFERENCES sharing_group (slug),
  -- The last seq when it began: what was scoped up to here is not theirs.
  since INTEGER NOT NULL,
  began_at TEXT NOT NULL,
  PRIMARY KEY (partner, group_slug)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_by_group ON membership (group_slug, partner);

-- A membership that ended, until every tip it gave sight of has been recalled.
CREATE TABLE departure (
  departure_no INTEGER PRIMARY KEY,
  partner TEXT NOT NULL,
  group_slug TEXT NOT NULL,
  since INTEGER NOT NULL,
  ended_at TEXT NOT NULL,
  until_seq INTEGER NOT NULL,
  next_tip_no INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Which token each kind holds by being that kind; '*' is the partner's country.
CREATE TABLE kind_token (kind TEXT NOT NULL, token TEXT NOT NULL, by_country INTEGER NOT NULL, PRIMARY KEY (kind, token)) STRICT, WITHOUT ROWID;
INSERT INTO kind_token VALUES
  ('platform', 'platforms', 0), ('platform', 'everyone', 0),
  ('research', 'research', 0), ('research', 'everyone', 0),
  ('law_enforcement', 'law-enforcement', 0), ('law_enforcement', 'law-enforcement:', 1);

-- What each partner holds now, and since which seq. The one definition; law enforcement never holds group:<slug>, platforms, everyone.
CREATE VIEW holds (partner, token, since) AS
  SELECT p.slug, 'partner:' || p.slug, -1 FROM partner p WHERE p.suspended_at IS NULL
  UNION ALL
  SELECT p.slug, k.token || CASE k.by_country WHEN 1 THEN p.country ELSE '' END, -1
    FROM partner p CROSS JOIN kind_token k ON k.kind = p.kind WHERE p.suspended_at IS NULL
  UNION ALL
  SELECT m.partner, 'group:' || m.group_slug, m.since FROM membership m CROSS JOIN partner p ON p.slug = m.partner
    WHERE p.kind IN ('platform', 'research') AND p.suspended_at IS NULL
  UNION ALL
  SELECT m.partner, 'group:' || m.group_slug || '+law-enforcement', m.since
    FROM membership m CROSS JOIN partner p ON p.slug = m.partner CROSS JOIN sharing_group g ON g.slug = m.group_slug
    WHERE g.mixed = 1 AND p.kind <> 'steward' AND p.suspended_at IS NULL;

CREATE TABLE tip (
  tip_no INTEGER PRIMARY KEY,
  tip TEXT NOT NULL UNIQUE,
  author TEXT NOT NULL REFERENCES partner (slug),
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  -- The seq at which the current audience was set: memberships are compared with it.
  audience_seq INTEGER NOT NULL,
  tlp TEXT NOT NULL,
  operation TEXT NOT NULL,
  urgency TEXT,
  respond_by TEXT,
  accepted_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  embargo_until TEXT,
  withdrawn_at TEXT,
  suspended_at TEXT,
  -- Which of the scheduled events have been given for the current version.
  expiring_told INTEGER NOT NULL DEFAULT 0,
  expired_told INTEGER NOT NULL DEFAULT 0,
  embargo_told INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX tip_by_author ON tip (author, tip_no);
CREATE INDEX tip_by_operation ON tip (operation, tip_no);
CREATE INDEX tip_by_expiry ON tip (expires_at) WHERE expired_told = 0;
CREATE INDEX tip_by_expiring ON tip (expires_at) WHERE expiring_told = 0;
CREATE INDEX tip_by_embargo ON tip (embargo_until) WHERE embargo_told = 0 AND embargo_until IS NOT NULL;

CREATE TABLE tip_version (
  tip_no INTEGER NOT NULL REFERENCES tip (tip_no),
  version INTEGER NOT NULL,
  digest TEXT NOT NULL UNIQUE,
  kid TEXT NOT NULL,
  protected TEXT NOT NULL,
  signature TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  accepted_at TEXT NOT NULL,
  -- The document without indicators, measures and observations, for lists.
  heading TEXT NOT NULL CHECK (json_valid(heading)),
  warnings TEXT NOT NULL CHECK (json_valid(warnings)),
  PRIMARY KEY (tip_no, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX tip_version_by_kid ON tip_version (kid, accepted_at);

-- The payload as sent (base64url), in pieces under the value limit.
CREATE TABLE document_piece (
  tip_no INTEGER NOT NULL,
  version INTEGER NOT NULL,
  piece INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (tip_no, version, piece)
) STRICT;

CREATE TABLE audience (
  tip_no INTEGER NOT NULL REFERENCES tip (tip_no),
  revision INTEGER NOT NULL,
  version INTEGER NOT NULL,
  digest TEXT NOT NULL,
  kid TEXT NOT NULL,
  protected TEXT NOT NULL,
  payload TEXT NOT NULL,
  signature TEXT NOT NULL,
  seq INTEGER NOT NULL,
  accepted_at TEXT NOT NULL,
  PRIMARY KEY (tip_no, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX audience_by_kid ON audience (kid, accepted_at);

-- The current audience's tokens and exceptions.
CREATE TABLE tip_token (token TEXT NOT NULL, tip_no INTEGER NOT NULL, PRIMARY KEY (token, tip_no)) STRICT, WITHOUT ROWID;
CREATE INDEX tip_token_by_tip ON tip_token (tip_no);
CREATE TABLE tip_except (tip_no INTEGER NOT NULL, partner TEXT NOT NULL, PRIMARY KEY (tip_no, partner)) STRICT, WITHOUT ROWID;

CREATE TABLE withdrawal (
  tip_no INTEGER PRIMARY KEY REFERENCES tip (tip_no),
  digest TEXT NOT NULL,
  kid TEXT NOT NULL,
  protected TEXT NOT NULL,
  payload TEXT NOT NULL,
  signature TEXT NOT NULL,
  seq INTEGER NOT NULL,
  accepted_at TEXT NOT NULL
) STRICT;
CREATE INDEX withdrawal_by_kid ON withdrawal (kid, accepted_at);

-- How many indicators of the current version lie on each platform or registered domain.
CREATE TABLE tip_place (place TEXT NOT NULL, tip_no INTEGER NOT NULL, indicators INTEGER NOT NULL, PRIMARY KEY (place, tip_no)) STRICT, WITHOUT ROWID;
CREATE INDEX tip_place_by_tip ON tip_place (tip_no);
CREATE TABLE tip_type (tip_no INTEGER NOT NULL, type TEXT NOT NULL, indicators INTEGER NOT NULL, PRIMARY KEY (tip_no, type)) STRICT, WITHOUT ROWID;

CREATE TABLE indicator (
  tip_no INTEGER NOT NULL,
  version INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  type TEXT NOT NULL,
  platform TEXT,
  valid_until TEXT NOT NULL,
  -- The canonical form, JSON.
  body TEXT NOT NULL,
  -- Its keys have left the index.
  swept INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (tip_no, version, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX indicator_by_validity ON indicator (valid_until) WHERE swept = 0;

-- One index answers every question. Rows of replaced versions stay until the scheduled job removes them.
CREATE TABLE index_key (
  key TEXT NOT NULL,
  tip_no INTEGER NOT NULL,
  version INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  PRIMARY KEY (key, tip_no, version, ordinal)
) STRICT, WITHOUT ROWID;

-- Prefix lengths in use ("4/24"), so that an address probes those alone.
CREATE TABLE prefix_length (prefix TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE event_type (type TEXT PRIMARY KEY, content INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- content: handed out only while the tip is visible. The others are news, addressed by name.
INSERT INTO event_type VALUES ('published', 1), ('revised', 1), ('embargo_lifted', 1), ('expiring', 1),
  ('rescoped', 0), ('withdrawn', 0), ('recalled', 0), ('suspended', 0), ('expired', 0);

CREATE TABLE event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  type TEXT NOT NULL REFERENCES event_type (type),
  at TEXT NOT NULL,
  tip_no INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
CREATE TRIGGER event_is_kept BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'event_is_kept'); END;
CREATE TABLE event_token (token TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (token, seq)) STRICT, WITHOUT ROWID;
-- Partners a fresh 'published' is not news to: they had sight before the rescoping.
CREATE TABLE event_skip (seq INTEGER NOT NULL, partner TEXT NOT NULL, PRIMARY KEY (seq, partner)) STRICT, WITHOUT ROWID;

CREATE TABLE purpose (
  purpose TEXT PRIMARY KEY,
  partner TEXT NOT NULL REFERENCES partner (slug),
  legal_basis TEXT NOT NULL,
  case_reference TEXT NOT NULL,
  unit TEXT NOT NULL,
  until TEXT NOT NULL,
  non_disclosure TEXT CHECK (non_disclosure IS NULL OR json_valid(non_disclosure)),
  made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who was handed something, when, through which door, for which purpose. Append-only.
CREATE TABLE access (
  access_no INTEGER PRIMARY KEY AUTOINCREMENT,
  partner TEXT NOT NULL,
  at TEXT NOT NULL,
  door TEXT NOT NULL,
  purpose TEXT NOT NULL DEFAULT '',
  kid TEXT NOT NULL
) STRICT;
CREATE INDEX access_by_partner ON access (partner, at);
CREATE TABLE access_tip (
  tip_no INTEGER NOT NULL,
  partner TEXT NOT NULL,
  version INTEGER NOT NULL,
  day TEXT NOT NULL,
  door TEXT NOT NULL,
  purpose TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (tip_no, partner, version, day, door, purpose)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER access_is_kept BEFORE UPDATE ON access BEGIN SELECT RAISE(ABORT, 'access_is_kept'); END;
CREATE TRIGGER access_tip_is_kept BEFORE UPDATE ON access_tip BEGIN SELECT RAISE(ABORT, 'access_tip_is_kept'); END;

CREATE TABLE quota (
  partner TEXT NOT NULL,
  day TEXT NOT NULL,
  requests INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  index_keys INTEGER NOT NULL DEFAULT 0,
  questions INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (partner, day)
) STRICT, WITHOUT ROWID;

-- Ids that may be used once (assertions, DPoP proofs), until they would be refused for their age.
CREATE TABLE used_once (id TEXT PRIMARY KEY, until TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX used_once_by_until ON used_once (until);

-- The first statement of every write batch puts a 0 here where its condition fails: the batch aborts and the CHECK's name says why.
CREATE TABLE guard (
  key_live INTEGER CONSTRAINT key_live CHECK (key_live = 1),
  version_current INTEGER CONSTRAINT version_current CHECK (version_current = 1),
  audience_current INTEGER CONSTRAINT audience_current CHECK (audience_current = 1),
  not_withdrawn INTEGER CONSTRAINT not_withdrawn CHECK (not_withdrawn = 1),
  tip_free INTEGER CONSTRAINT tip_free CHECK (tip_free = 1),
  invitation_open INTEGER CONSTRAINT invitation_open CHECK (invitation_open = 1),
  recipients_known INTEGER CONSTRAINT recipients_known CHECK (recipients_known = 1),
  not_last INTEGER CONSTRAINT not_last CHECK (not_last = 1)
) STRICT;

-- Scratch of one batch: who had sight before an audience changed. Empty between batches.
CREATE TABLE sight_before (tip_no INTEGER NOT NULL, partner TEXT NOT NULL, PRIMARY KEY (tip_no, partner)) STRICT, WITHOUT ROWID;
CREATE INDEX quota_by_day ON quota (day);
CREATE INDEX invitation_by_expiry ON invitation (expires_at);
