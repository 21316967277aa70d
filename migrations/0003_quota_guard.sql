-- A submission's batch judges the day's quota once more. The table is always empty, so it is made anew.
DROP TABLE guard;
CREATE TABLE guard (
  key_live INTEGER CONSTRAINT key_live CHECK (key_live = 1),
  version_current INTEGER CONSTRAINT version_current CHECK (version_current = 1),
  audience_current INTEGER CONSTRAINT audience_current CHECK (audience_current = 1),
  tip_free INTEGER CONSTRAINT tip_free CHECK (tip_free = 1),
  invitation_open INTEGER CONSTRAINT invitation_open CHECK (invitation_open = 1),
  recipients_known INTEGER CONSTRAINT recipients_known CHECK (recipients_known = 1),
  not_last INTEGER CONSTRAINT not_last CHECK (not_last = 1),
  still_due INTEGER CONSTRAINT still_due CHECK (still_due = 1),
  quota_left INTEGER CONSTRAINT quota_left CHECK (quota_left = 1)
) STRICT;
