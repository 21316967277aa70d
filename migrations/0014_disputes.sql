-- Undoing mistakes: marks, appeals, disputes, and a guard against floods.

-- Doors look for what is marked of a tip, of which there is mostly nothing.
CREATE INDEX indicator_marked ON indicator (tip_no, version, ordinal, mark) WHERE mark > 0;

-- Whose a partner is, as the steward attested: those of one ownership have one voice, and whoever has none is not known to be
-- unrelated. And whether its new tips are held: by the guard's rules, never, always.
ALTER TABLE partner ADD COLUMN ownership TEXT;
ALTER TABLE partner ADD COLUMN hold TEXT NOT NULL DEFAULT 'auto' CHECK (hold IN ('auto', 'never', 'always'));

-- What a partner published, and how many of its indicators were disputed and not confirmed, by day of UTC.
CREATE TABLE partner_day (
  partner TEXT NOT NULL,
  day TEXT NOT NULL,
  tips INTEGER NOT NULL DEFAULT 0,
  indicators INTEGER NOT NULL DEFAULT 0,
  disputed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (partner, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX partner_day_by_day ON partner_day (day);

ALTER TABLE guard ADD COLUMN not_held INTEGER CONSTRAINT not_held CHECK (not_held = 1);

-- An appeal that a partner upheld on its own side. It speaks of a tip's current version, and moves along with what a new one keeps.
CREATE TABLE appeal (
  tip_no INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  partner TEXT NOT NULL,
  version INTEGER NOT NULL,
  at TEXT NOT NULL,
  decided_on TEXT,
  PRIMARY KEY (tip_no, version, ordinal, partner)
) STRICT, WITHOUT ROWID;
CREATE INDEX appeal_by_partner ON appeal (partner, at);

-- A partner's word that an indicator is a false positive, where it counts: of a tip's current version, as appeals.
CREATE TABLE dispute_voice (
  tip_no INTEGER NOT NULL,
  version INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  partner TEXT NOT NULL,
  -- The indicator lies on its own platform or domain.
  host INTEGER NOT NULL,
  at TEXT NOT NULL,
  -- The feedback document that it is.
  digest TEXT NOT NULL,
  -- It was taken back, or its dispute decided against it: it does not carry another one.
  spent INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (tip_no, version, ordinal, partner)
) STRICT, WITHOUT ROWID;
CREATE INDEX dispute_voice_by_partner ON dispute_voice (partner, at);
CREATE INDEX dispute_voice_by_digest ON dispute_voice (digest);

-- A dispute that voices carry, or carried.
CREATE TABLE dispute (
  dispute_no INTEGER PRIMARY KEY,
  tip_no INTEGER NOT NULL,
  version INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'undecided', 'confirmed', 'corrected', 'dropped', 'taken-back')),
  opened_at TEXT NOT NULL,
  decided_at TEXT,
  -- JSON: whose voices carry it, or carried it at its end.
  partners TEXT NOT NULL,
  -- The author's, where it confirmed the indicator.
  reason TEXT,
  -- Of what partners were told: 1 that it was opened, 2 how it ended.
  told INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX dispute_by_tip ON dispute (tip_no);
CREATE UNIQUE INDEX dispute_open ON dispute (tip_no, version, ordinal) WHERE state IN ('open', 'undecided');
CREATE INDEX dispute_due ON dispute (opened_at) WHERE state = 'open';
CREATE INDEX dispute_untold ON dispute (told, tip_no) WHERE state = 'taken-back';

-- A tip that is held until the steward lets it go: visible to its author alone, with no place in the exchange's order.
CREATE TABLE held_tip (
  held_no INTEGER PRIMARY KEY AUTOINCREMENT,
  partner TEXT NOT NULL,
  digest TEXT NOT NULL,
  tip TEXT NOT NULL,
  version INTEGER NOT NULL,
  held_at TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('flood', 'disputed', 'always')),
  -- JSON: how many indicators of each type. How many bytes the two documents have, and to how many tokens it is to go.
  types TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  recipients INTEGER NOT NULL,
  -- Refused: its documents are gone.
  state TEXT NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'failed', 'refused')),
  -- JSON: why it could not be released.
  problem TEXT,
  -- When it is erased: its time of being held, or the tip's own, is over.
  until TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX held_tip_by_digest ON held_tip (partner, digest);
CREATE INDEX held_tip_by_end ON held_tip (until);

-- The two envelopes, as JSON, in pieces.
CREATE TABLE held_piece (
  held_no INTEGER NOT NULL,
  piece INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (held_no, piece)
) STRICT, WITHOUT ROWID;
