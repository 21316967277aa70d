-- Where an observable's id was read. The ids are made of values and lead back to nothing: here alone they do.
CREATE TABLE observable (
  id TEXT NOT NULL,
  tip_no INTEGER NOT NULL,
  version INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  PRIMARY KEY (id, tip_no, version, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX observable_by_tip ON observable (tip_no, version, ordinal);
