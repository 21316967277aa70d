-- Who asks is still who it was when it was last judged: the first statement of a batch that judges and reads at once.
ALTER TABLE guard ADD COLUMN caller_same INTEGER CONSTRAINT caller_same CHECK (caller_same = 1);
