-- That a tip has expired is news for whoever had sight of it: told by the tokens of its audience instead of by everybody's name.
UPDATE event_type SET content = 2 WHERE type = 'expired';
