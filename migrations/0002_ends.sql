-- How tips, versions and indicators end: content is erased a while after; what can no longer match is deleted, not flagged;
-- an end is told by tokens; who is suspended now had sight before.

ALTER TABLE tip ADD COLUMN erased_at TEXT;
CREATE INDEX tip_by_erasure ON tip (expires_at) WHERE erased_at IS NULL;
CREATE INDEX tip_by_withdrawal ON tip (withdrawn_at) WHERE withdrawn_at IS NOT NULL AND erased_at IS NULL;

-- When a later version took its place; NULL for the current one, and again once its content is erased.
ALTER TABLE tip_version ADD COLUMN replaced_at TEXT;
CREATE INDEX tip_version_by_replacement ON tip_version (replaced_at) WHERE replaced_at IS NOT NULL;

DROP INDEX indicator_by_validity;
DELETE FROM indicator WHERE swept = 1;
ALTER TABLE indicator DROP COLUMN swept;
CREATE INDEX indicator_by_validity ON indicator (valid_until);

-- That a tip has expired is news for whoever had sight of it: told by the tokens of its audience instead of by everybody's name.
UPDATE event_type SET content = 2 WHERE type = 'expired';

-- What each partner holds, or would if it were not suspended: what is taken back meanwhile is told to it, too. `holds` is not made
-- of this view: asked through it, SQLite no longer looks for the one partner in each part.
CREATE VIEW would_hold (partner, token, since) AS
  SELECT p.slug, 'partner:' || p.slug, -1 FROM partner p
  UNION ALL
  SELECT p.slug, k.token || CASE k.by_country WHEN 1 THEN p.country ELSE '' END, -1
    FROM partner p CROSS JOIN kind_token k ON k.kind = p.kind
  UNION ALL
  SELECT m.partner, 'group:' || m.group_slug, m.since FROM membership m CROSS JOIN partner p ON p.slug = m.partner
    WHERE p.kind IN ('platform', 'research')
  UNION ALL
  SELECT m.partner, 'group:' || m.group_slug || '+law-enforcement', m.since
    FROM membership m CROSS JOIN partner p ON p.slug = m.partner CROSS JOIN sharing_group g ON g.slug = m.group_slug
    WHERE g.mixed = 1 AND p.kind <> 'steward';
-- Scratch of one batch: the tips it speaks of. Empty between batches.
CREATE TABLE chosen (tip_no INTEGER PRIMARY KEY) STRICT;

-- Always empty, so it is made anew: the conditions that are in use.
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
