-- What has expired or was withdrawn is erased after a while; what can no longer match is deleted instead of flagged.

ALTER TABLE tip ADD COLUMN erased_at TEXT;
CREATE INDEX tip_by_erasure ON tip (expires_at) WHERE erased_at IS NULL;
CREATE INDEX tip_by_withdrawal ON tip (withdrawn_at) WHERE withdrawn_at IS NOT NULL AND erased_at IS NULL;

DROP INDEX indicator_by_validity;
DELETE FROM indicator WHERE swept = 1;
ALTER TABLE indicator DROP COLUMN swept;
CREATE INDEX indicator_by_validity ON indicator (valid_until);

-- Scratch of one batch: the tips a compromise suspends. Empty between batches.
CREATE TABLE suspending (tip_no INTEGER PRIMARY KEY) STRICT;

-- Always empty, so it is made anew: the conditions that are in use, `still_due` among them.
DROP TABLE guard;
CREATE TABLE guard (
  key_live INTEGER CONSTRAINT key_live CHECK (key_live = 1),
  version_current INTEGER CONSTRAINT version_current CHECK (version_current = 1),
  audience_current INTEGER CONSTRAINT audience_current CHECK (audience_current = 1),
  tip_free INTEGER CONSTRAINT tip_free CHECK (tip_free = 1),
  invitation_open INTEGER CONSTRAINT invitation_open CHECK (invitation_open = 1),
  recipients_known INTEGER CONSTRAINT recipients_known CHECK (recipients_known = 1),
  not_last INTEGER CONSTRAINT not_last CHECK (not_last = 1),
  still_due INTEGER CONSTRAINT still_due CHECK (still_due = 1)
) STRICT;
