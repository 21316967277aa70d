-- A voice on a further copy of the same thing in its tip: it goes with the one that its partner named, and takes no budget.
ALTER TABLE dispute_voice ADD COLUMN copy INTEGER NOT NULL DEFAULT 0;

-- Disputes move along with a new version by their indicators' places.
CREATE INDEX dispute_by_place ON dispute (tip_no, version, ordinal);
