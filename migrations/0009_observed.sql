-- Observables are found by their ids from some time after their tip was accepted, whoever read it: where a row were made by a
-- reading, that there is one would tell of the reading. The event of the last version whose rows were made.
CREATE TABLE observed (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL
) STRICT;
INSERT INTO observed (one, seq) VALUES (1, 0);
