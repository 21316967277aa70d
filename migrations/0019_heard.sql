-- Of each tip that somebody but its author has spoken of, the newest such word: by it an author reads what became of all its tips.
CREATE TABLE heard (
  author TEXT NOT NULL,
  tip_no INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (author, tip_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX heard_by_seq ON heard (author, seq);
INSERT INTO heard (author, tip_no, seq)
  SELECT t.author, fb.tip_no, max(fb.seq) FROM feedback fb CROSS JOIN tip t ON t.tip_no = fb.tip_no
  WHERE fb.partner <> t.author GROUP BY fb.tip_no;

-- Whether a document that asks for context still stands, of any indicator.
CREATE INDEX feedback_standing_asking ON feedback_standing (tip_no, partner, digest) WHERE status = 'needs_context';
