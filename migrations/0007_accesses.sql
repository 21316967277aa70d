-- Records of access as they are read: a tip's by day for its author, a partner's by day for itself; kept for good. The public
-- report of each month, and what it counts that no other table says. Where a partner takes legal process.

-- Its rows in the order in which an author reads them, which costs no further index.
CREATE TABLE access_tip_by_day (
  tip_no INTEGER NOT NULL,
  partner TEXT NOT NULL,
  version INTEGER NOT NULL,
  day TEXT NOT NULL,
  door TEXT NOT NULL,
  purpose TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (tip_no, day, partner, version, door, purpose)
) STRICT, WITHOUT ROWID;
INSERT INTO access_tip_by_day (tip_no, partner, version, day, door, purpose)
  SELECT tip_no, partner, version, day, door, purpose FROM access_tip ORDER BY tip_no, day, partner, version, door, purpose;
DROP TABLE access_tip;
ALTER TABLE access_tip_by_day RENAME TO access_tip;
CREATE INDEX access_tip_by_partner ON access_tip (partner, day);
CREATE TRIGGER access_tip_is_kept BEFORE UPDATE ON access_tip BEGIN SELECT RAISE(ABORT, 'access_tip_is_kept'); END;
CREATE TRIGGER access_tip_is_not_deleted BEFORE DELETE ON access_tip BEGIN SELECT RAISE(ABORT, 'access_tip_is_kept'); END;
CREATE TRIGGER access_is_not_deleted BEFORE DELETE ON access BEGIN SELECT RAISE(ABORT, 'access_is_kept'); END;

ALTER TABLE partner ADD COLUMN legal_process_url TEXT CHECK (length(legal_process_url) <= 512);

-- What a month's report counts, found by time.
CREATE INDEX tip_by_acceptance ON tip (accepted_at);
CREATE INDEX event_by_taking_back ON event (at) WHERE type IN ('withdrawn', 'recalled');
-- Law enforcement's requests refused for want of a purpose that counts; nobody is named. `month` is YYYY-MM.
CREATE TABLE refusal (
  month TEXT NOT NULL,
  reason TEXT NOT NULL,
  refusals INTEGER NOT NULL,
  PRIMARY KEY (month, reason)
) STRICT, WITHOUT ROWID;

-- Made once, when the month was over; published as it stands.
CREATE TABLE transparency (
  month TEXT PRIMARY KEY,
  report TEXT NOT NULL CHECK (json_valid(report)),
  made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER transparency_is_frozen BEFORE UPDATE ON transparency BEGIN SELECT RAISE(ABORT, 'transparency_is_frozen'); END;
CREATE TRIGGER transparency_is_kept BEFORE DELETE ON transparency BEGIN SELECT RAISE(ABORT, 'transparency_is_frozen'); END;

-- Which versions of a tip one partner was handed: what it is told when they end.
CREATE INDEX access_tip_by_reader ON access_tip (tip_no, partner, version);
