-- What tips are to each other, a partner's own word on what it works at, and when it was first handed a tip.

-- Of the current version's document, as its author states it; `related` is any id, unchecked.
CREATE TABLE tip_relation (
  tip_no INTEGER NOT NULL,
  related TEXT NOT NULL,
  relation TEXT NOT NULL,
  PRIMARY KEY (tip_no, related, relation)
) STRICT, WITHOUT ROWID;
CREATE INDEX tip_relation_by_related ON tip_relation (related, tip_no);
INSERT OR IGNORE INTO tip_relation (tip_no, related, relation)
  SELECT t.tip_no, r.value ->> '$.tip', r.value ->> '$.relation'
  FROM tip t CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
    CROSS JOIN json_each(v.heading -> '$.relates_to') r
  WHERE t.erased_at IS NULL AND r.value ->> '$.tip' <> t.tip;

-- The same, claimed by the author of either without a tip.
CREATE TABLE claim (
  tip_no INTEGER NOT NULL,
  related_no INTEGER NOT NULL,
  relation TEXT NOT NULL CHECK (relation IN ('duplicates', 'same-operation')),
  partner TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (tip_no, related_no, relation, partner)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_by_related ON claim (related_no, tip_no);

-- A partner's own, and nobody else's to see. None: new.
CREATE TABLE triage (
  partner TEXT NOT NULL,
  tip_no INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('new', 'working', 'done', 'not_relevant')),
  assignee TEXT CHECK (length(assignee) BETWEEN 1 AND 120),
  snooze_until TEXT,
  changed_at TEXT NOT NULL,
  PRIMARY KEY (partner, tip_no)
) STRICT, WITHOUT ROWID;
-- Lists by state and by assignee, newest tip first; and what is erased with a tip.
CREATE INDEX triage_by_state ON triage (partner, state, tip_no);
CREATE INDEX triage_by_assignee ON triage (partner, assignee, tip_no) WHERE assignee IS NOT NULL;
CREATE INDEX triage_by_tip ON triage (tip_no);

-- The first time a partner was handed a tip, as the tip was to it then: what its figures count. They stay as they are when the
-- tip is revised, taken back or erased.
CREATE TABLE receiving (
  partner TEXT NOT NULL,
  tip_no INTEGER NOT NULL,
  day TEXT NOT NULL,
  -- When it gained sight of it; by which token; how many indicators lay on its own platforms and domains.
  at TEXT NOT NULL DEFAULT '',
  through TEXT,
  mine INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (partner, tip_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX receiving_by_day ON receiving (partner, day);

CREATE TRIGGER receiving_is_described AFTER INSERT ON receiving BEGIN
  UPDATE receiving SET
    at = (SELECT max(p.enrolled_at, coalesce(
        (SELECT e.at FROM event e WHERE e.tip_no = new.tip_no AND e.type IN ('published', 'revised') AND EXISTS (
          SELECT 1 FROM holds h CROSS JOIN event_token a ON a.token = h.token AND a.seq = e.seq
          WHERE h.partner = new.partner AND h.since < e.seq) ORDER BY e.seq LIMIT 1), new.day))
      FROM partner p WHERE p.slug = new.partner),
    -- As `through` in src/store/visibility.ts.
    through = (SELECT h.token FROM holds h CROSS JOIN tip_token k ON k.token = h.token AND k.tip_no = new.tip_no
        CROSS JOIN tip t ON t.tip_no = new.tip_no
      WHERE h.partner = new.partner AND h.since < t.audience_seq
        AND NOT EXISTS (SELECT 1 FROM tip_except x WHERE x.tip_no = new.tip_no AND x.partner = new.partner)
      ORDER BY CASE WHEN h.token LIKE 'partner:%' THEN 0 WHEN h.token LIKE 'group:%' THEN 1
        WHEN h.token LIKE '%:%' THEN 2 WHEN h.token = 'everyone' THEN 4 ELSE 3 END, h.token LIMIT 1),
    mine = (SELECT coalesce(sum(p.indicators), 0) FROM tip_place p WHERE p.tip_no = new.tip_no AND p.place IN (
      SELECT l.value FROM partner w CROSS JOIN json_each(w.platforms) l WHERE w.slug = new.partner
      UNION SELECT s.domain FROM site s WHERE s.partner = new.partner
      UNION SELECT s.platform FROM site s WHERE s.partner = new.partner))
  WHERE partner = new.partner AND tip_no = new.tip_no;
END;
INSERT INTO receiving (partner, tip_no, day) SELECT partner, tip_no, min(day) FROM access_tip GROUP BY partner, tip_no;

CREATE TRIGGER first_access_is_receiving AFTER INSERT ON access_tip
WHEN NOT EXISTS (SELECT 1 FROM receiving WHERE partner = new.partner AND tip_no = new.tip_no)
BEGIN INSERT INTO receiving (partner, tip_no, day) VALUES (new.partner, new.tip_no, new.day); END;

-- Of a document of feedback how many of its words were on indicators that a later version of the tip no longer has: figures
-- count them on.
CREATE TABLE feedback_past (
  digest TEXT NOT NULL,
  status TEXT NOT NULL,
  already_known INTEGER NOT NULL,
  indicators INTEGER NOT NULL,
  PRIMARY KEY (digest, status, already_known)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER feedback_standing_is_past AFTER DELETE ON feedback_standing WHEN old.ordinal >= 0 BEGIN
  INSERT INTO feedback_past (digest, status, already_known, indicators)
  VALUES (old.digest, old.status, old.already_known, 1)
  ON CONFLICT (digest, status, already_known) DO UPDATE SET indicators = indicators + 1;
END;
-- What is on its way to another place is deleted there, and is no less.
CREATE TRIGGER feedback_standing_is_moved AFTER INSERT ON feedback_standing WHEN new.ordinal < -1 BEGIN
  INSERT INTO feedback_past (digest, status, already_known, indicators)
  VALUES (new.digest, new.status, new.already_known, -1)
  ON CONFLICT (digest, status, already_known) DO UPDATE SET indicators = indicators - 1;
END;
