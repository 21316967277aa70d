-- What a version changed of the one before, by places of indicators (src/core/difference.ts); NULL of a first version, where the
-- one before was erased, and once its own content is.
ALTER TABLE tip_version ADD COLUMN difference TEXT CHECK (difference IS NULL OR json_valid(difference));

-- A tip was taken back from a partner that had been handed it: the newest time this was so, what became of its copy, and how
-- often it was reminded to say so. Who was handed nothing has a row once it says that.
CREATE TABLE recall (
  tip_no INTEGER NOT NULL,
  partner TEXT NOT NULL,
  -- Of the event that told it so.
  seq INTEGER NOT NULL,
  at TEXT NOT NULL,
  outcome TEXT CHECK (outcome IN ('deleted', 'kept_under_law', 'never_stored')),
  acknowledged_at TEXT,
  reminded INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (tip_no, partner),
  CHECK ((outcome IS NULL) = (acknowledged_at IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX recall_by_reminder ON recall (reminded, at) WHERE outcome IS NULL;

-- Every such word, also those that later ones replaced. Append-only.
CREATE TABLE acknowledgement (
  acknowledgement_no INTEGER PRIMARY KEY AUTOINCREMENT,
  tip_no INTEGER NOT NULL,
  partner TEXT NOT NULL,
  -- Of the event it is about.
  seq INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  at TEXT NOT NULL,
  kid TEXT NOT NULL
) STRICT;
CREATE INDEX acknowledgement_by_partner ON acknowledgement (tip_no, partner, acknowledgement_no);
CREATE TRIGGER acknowledgement_is_kept BEFORE UPDATE ON acknowledgement BEGIN SELECT RAISE(ABORT, 'acknowledgement_is_kept'); END;
CREATE TRIGGER acknowledgement_is_not_deleted BEFORE DELETE ON acknowledgement
BEGIN SELECT RAISE(ABORT, 'acknowledgement_is_kept'); END;
CREATE TRIGGER acknowledgement_is_not_replaced BEFORE INSERT ON acknowledgement
WHEN EXISTS (SELECT 1 FROM acknowledgement WHERE acknowledgement_no = new.acknowledgement_no)
BEGIN SELECT RAISE(ABORT, 'acknowledgement_is_kept'); END;

-- By which events a tip was taken back.
CREATE INDEX event_taking_back ON event (tip_no, seq) WHERE type IN ('withdrawn', 'recalled');
