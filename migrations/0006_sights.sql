-- When a reader gained sight of a tip: of its events the last one that told the reader of it as it now is.
CREATE INDEX event_by_tip ON event (tip_no, seq);

-- How many indicators a version had: which of them a reader had stays known after their rows are gone.
ALTER TABLE tip_version ADD COLUMN indicators INTEGER NOT NULL DEFAULT 0;
UPDATE tip_version SET indicators = (
  SELECT coalesce(max(i.ordinal) + 1, 0) FROM indicator i WHERE i.tip_no = tip_version.tip_no AND i.version = tip_version.version);
