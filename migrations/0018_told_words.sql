-- What a feedback document says of which ordinal, without its notes and times: by it what others' tools were told is taken back
-- after the document is erased. JSON: 16 × (ordinal + 1) + the status's place among the statuses; -1 is the tip as a whole. Negative
-- where a later version changed the indicator at that place.
ALTER TABLE feedback ADD COLUMN spoken TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(spoken));
-- How many those are, and the last version of the tip that they were compared with.
ALTER TABLE feedback ADD COLUMN words INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feedback ADD COLUMN counts_in INTEGER NOT NULL DEFAULT 0;
UPDATE feedback SET counts_in = version, (spoken, words) = (
  SELECT json_group_array(16 * (s.ordinal + 1) + (
    SELECT n.key FROM json_each('["received","reviewing","not_found","found","actioned","no_violation","false_positive","outdated","needs_context"]') n
    WHERE n.value = s.status)), count(*)
  FROM feedback_standing s WHERE s.digest = feedback.digest)
WHERE version = (SELECT t.version FROM tip t WHERE t.tip_no = feedback.tip_no);
CREATE INDEX feedback_words ON feedback (tip_no, seq, partner, words) WHERE words > 0;
CREATE INDEX feedback_by_giver ON feedback (partner, seq) WHERE words > 0;
