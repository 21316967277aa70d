-- INSERT OR REPLACE deletes the row that was there without asking the triggers that keep it. What is kept is not replaced
-- either; where a statement means to pass over a row that is there (a purpose stated again, a month reported again), it does.
CREATE TRIGGER access_is_not_replaced BEFORE INSERT ON access
WHEN EXISTS (SELECT 1 FROM access WHERE access_no = new.access_no)
BEGIN SELECT RAISE(ABORT, 'access_is_kept'); END;
CREATE TRIGGER purpose_is_not_replaced BEFORE INSERT ON purpose
WHEN EXISTS (SELECT 1 FROM purpose WHERE purpose = new.purpose)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER transparency_is_not_replaced BEFORE INSERT ON transparency
WHEN EXISTS (SELECT 1 FROM transparency WHERE month = new.month)
BEGIN SELECT RAISE(IGNORE); END;
