-- Leading from ids that are made of others' to what they are of, whatever strangers publish and whoever has read.

-- Of the tip's id: digits of its SHA-256, which nobody can fill as a range of ids can be filled. NULL: from before.
ALTER TABLE tip ADD COLUMN mark TEXT;
CREATE INDEX tip_by_mark ON tip (mark) WHERE mark IS NOT NULL;
CREATE INDEX tip_without_mark ON tip (tip) WHERE mark IS NULL;

-- Up to which event the observables of tips are kept: of all tips, so that none tells who was told of it.
CREATE TABLE observables_kept (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL
) STRICT;
INSERT INTO observables_kept (one, seq) VALUES (1, 0);
