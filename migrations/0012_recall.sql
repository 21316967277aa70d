-- What a version changed of the one before, by places of indicators (src/core/difference.ts); NULL of a first version, where the
-- one before was erased, and once its own content is.
ALTER TABLE tip_version ADD COLUMN difference TEXT CHECK (difference IS NULL OR json_valid(difference));
