-- Push: subscriptions, whose endpoints are feed readers run by the exchange; events that are about no tip.

CREATE TABLE subscription (
  subscription TEXT PRIMARY KEY,
  partner TEXT NOT NULL REFERENCES partner (slug),
  -- Of the partner, as they never change: a token finds the subscriptions it may reach.
  kind TEXT NOT NULL,
  country TEXT NOT NULL,
  url TEXT NOT NULL,
  payload TEXT NOT NULL CHECK (payload IN ('thin', 'full', 'notice')),
  filters TEXT NOT NULL CHECK (json_valid(filters)),
  description TEXT,
  contact TEXT CHECK (contact IS NULL OR json_valid(contact)),
  purpose TEXT NOT NULL DEFAULT '',
  -- The key behind its making or its last change: where that falls, so does what was set under it.
  kid TEXT NOT NULL,
  made_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  -- When its endpoint proved itself; NULL again where the URL changed.
  proved_at TEXT,
  paused_at TEXT,
  paused_for TEXT CHECK (paused_for IN ('owner', 'gone', 'failing')),
  -- Secrets are derived from the exchange's key by numbers that never come again, also after a restore; the former signs too
  -- until that time.
  secret_no INTEGER NOT NULL,
  former_no INTEGER,
  former_until TEXT,
  -- The seq up to which its endpoint read when it last went idle, and when it means to try again what failed.
  caught_up INTEGER NOT NULL,
  next_try_at TEXT,
  CHECK ((paused_at IS NULL) = (paused_for IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_by_partner ON subscription (partner);
CREATE INDEX subscription_by_kind ON subscription (kind, country) WHERE proved_at IS NOT NULL AND paused_at IS NULL;
CREATE INDEX subscription_in_use ON subscription (subscription) WHERE proved_at IS NOT NULL AND paused_at IS NULL;

-- Whom an event concerns: to wake their endpoints.
CREATE INDEX event_token_by_seq ON event_token (seq);

-- An event of a subscription is about no tip: `tip_no` and `version` are 0.
ALTER TABLE event ADD COLUMN subscription TEXT;
INSERT INTO event_type VALUES ('subscription_paused', 0);

-- Calls of endpoints on request: challenges and samples.
ALTER TABLE quota ADD COLUMN calls INTEGER NOT NULL DEFAULT 0;

-- What a partner may still have.
ALTER TABLE guard ADD COLUMN room_left INTEGER CONSTRAINT room_left CHECK (room_left = 1);
