-- What an event tells besides its type and its tip: erased with the tip's content. `for_author` is told to the tip's author alone.
CREATE TABLE event_detail (
  seq INTEGER PRIMARY KEY,
  tip_no INTEGER NOT NULL,
  detail TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(detail)),
  for_author TEXT CHECK (for_author IS NULL OR json_valid(for_author))
) STRICT;
CREATE INDEX event_detail_by_tip ON event_detail (tip_no);

-- What the exchange says of an indicator, beside the document: 1 disputed, 2 and undecided for 14 days, 4 an appeal was upheld.
ALTER TABLE indicator ADD COLUMN mark INTEGER NOT NULL DEFAULT 0;

-- Feedback, disputes and their end are told of while the tip is visible, to those addressed; an upheld appeal and a reminder to
-- acknowledge are news, by name.
INSERT INTO event_type (type, content) VALUES ('feedback', 1), ('disputed', 1), ('undisputed', 1), ('appealed', 0),
  ('acknowledgement_due', 0);
