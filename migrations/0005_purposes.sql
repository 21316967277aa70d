-- Purposes as things of their own, registered ahead, approved, ended; and read tokens.

-- Whether the steward approves each purpose of this agency before it counts.
ALTER TABLE partner ADD COLUMN purpose_approval INTEGER NOT NULL DEFAULT 0 CHECK (purpose_approval IN (0, 1));

ALTER TABLE purpose ADD COLUMN approved_at TEXT;
ALTER TABLE purpose ADD COLUMN ended_at TEXT;
ALTER TABLE purpose ADD COLUMN ended_by TEXT CHECK (ended_by IN ('partner', 'steward'));
CREATE INDEX purpose_by_partner ON purpose (partner, made_at, purpose);

-- Their times came in any spelling of RFC 3339; from here on they are kept as all others are, so that they compare.
UPDATE purpose SET until = coalesce(strftime('%Y-%m-%dT%H:%M:%fZ', until), until);
UPDATE purpose SET non_disclosure = json_set(non_disclosure, '$.until',
  coalesce(strftime('%Y-%m-%dT%H:%M:%fZ', non_disclosure ->> '$.until'), non_disclosure ->> '$.until'))
  WHERE non_disclosure IS NOT NULL;

-- What was stated and approved stays so, and is there as long as the records that name it. It may be over sooner, never later.
CREATE TRIGGER purpose_is_fixed BEFORE UPDATE OF purpose, partner, legal_basis, case_reference, unit, until, non_disclosure, made_at ON purpose
WHEN new.purpose <> old.purpose OR new.partner <> old.partner OR new.legal_basis <> old.legal_basis
  OR new.case_reference <> old.case_reference OR new.unit <> old.unit OR new.until > old.until
  OR new.non_disclosure IS NOT old.non_disclosure OR new.made_at <> old.made_at
BEGIN SELECT RAISE(ABORT, 'purpose_is_fixed'); END;
CREATE TRIGGER purpose_stays_ended BEFORE UPDATE OF approved_at, ended_at, ended_by ON purpose
WHEN (old.approved_at IS NOT NULL AND new.approved_at IS NOT old.approved_at)
  OR (old.ended_at IS NOT NULL AND (new.ended_at IS NOT old.ended_at OR new.approved_at IS NOT old.approved_at))
BEGIN SELECT RAISE(ABORT, 'purpose_stays_ended'); END;
CREATE TRIGGER purpose_is_kept BEFORE DELETE ON purpose BEGIN SELECT RAISE(ABORT, 'purpose_is_kept'); END;

-- For tools that can make no five-minute token. The text itself is in no table.
CREATE TABLE read_token (
  read_token TEXT PRIMARY KEY,
  secret_sha256 TEXT NOT NULL UNIQUE,
  partner TEXT NOT NULL REFERENCES partner (slug),
  description TEXT,
  -- Of law enforcement: with it the token ends.
  purpose TEXT NOT NULL DEFAULT '',
  -- JSON list of ranges it is taken from; NULL: from anywhere, which not everybody may have.
  addresses TEXT CHECK (addresses IS NULL OR json_valid(addresses)),
  -- The key behind its making: where that was compromised by then, the token falls with it.
  kid TEXT NOT NULL,
  made_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  revoked_at TEXT,
  used_on TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX read_token_by_partner ON read_token (partner, made_at, read_token);
CREATE TRIGGER read_token_is_fixed BEFORE UPDATE OF read_token, secret_sha256, partner, purpose, addresses, kid, made_at, expires_at, revoked_at ON read_token
WHEN new.read_token <> old.read_token OR new.secret_sha256 <> old.secret_sha256 OR new.partner <> old.partner
  OR new.purpose <> old.purpose OR new.addresses IS NOT old.addresses OR new.kid <> old.kid OR new.made_at <> old.made_at
  OR new.expires_at > old.expires_at OR (old.revoked_at IS NOT NULL AND new.revoked_at IS NOT old.revoked_at)
BEGIN SELECT RAISE(ABORT, 'read_token_is_fixed'); END;
CREATE TRIGGER read_token_is_kept BEFORE DELETE ON read_token BEGIN SELECT RAISE(ABORT, 'read_token_is_kept'); END;
