-- Partners' signed words on tips, each by the seq of its event. `statuses`: of how many indicators which status was said.
-- `shared`: 0 for the author alone, 1 also for those who had sight then, 2 for law enforcement among them too. Which
-- partners that were is the event's addressees. `answers`: the document it replies to. `void`: its key was declared compromised.
-- `payload` is emptied when the tip's content is erased.
CREATE TABLE feedback (
  digest TEXT PRIMARY KEY NOT NULL,
  tip_no INTEGER NOT NULL REFERENCES tip (tip_no),
  partner TEXT NOT NULL REFERENCES partner (slug),
  version INTEGER NOT NULL,
  kid TEXT NOT NULL,
  protected TEXT NOT NULL,
  payload TEXT NOT NULL,
  signature TEXT NOT NULL,
  seq INTEGER NOT NULL,
  accepted_at TEXT NOT NULL,
  status TEXT,
  statuses TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(statuses)),
  shared INTEGER NOT NULL DEFAULT 0 CHECK (shared IN (0, 1, 2)),
  answers TEXT,
  void INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX feedback_by_tip ON feedback (tip_no, seq);
CREATE INDEX feedback_by_partner ON feedback (tip_no, partner, accepted_at);
CREATE INDEX feedback_by_kid ON feedback (kid, accepted_at);

-- The newest word of each partner on each indicator of the current version, by its ordinal; -1 is the tip as a whole.
CREATE TABLE feedback_standing (
  tip_no INTEGER NOT NULL REFERENCES tip (tip_no),
  ordinal INTEGER NOT NULL,
  partner TEXT NOT NULL REFERENCES partner (slug),
  status TEXT NOT NULL,
  already_known INTEGER NOT NULL,
  count INTEGER,
  first_seen TEXT,
  last_seen TEXT,
  shared INTEGER NOT NULL,
  digest TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (tip_no, ordinal, partner)
) STRICT, WITHOUT ROWID;
CREATE INDEX feedback_standing_by_partner ON feedback_standing (tip_no, partner, status);
CREATE INDEX feedback_standing_by_digest ON feedback_standing (digest);

-- Feedback is by who has sight of the tip when it is kept.
ALTER TABLE guard ADD COLUMN still_visible INTEGER CONSTRAINT still_visible CHECK (still_visible = 1);
