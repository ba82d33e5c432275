-- A validation stamps its license, an activation counts on it. Licenses that were there before get
-- their room as they are written.
ALTER TABLE licenses SET (fillfactor = 80);
-- The same as `licenses_metadata`.
DROP INDEX licenses_by_metadata;
-- Every request reads its bearer's permissions, and nobody searches them: as text they cost nothing
-- to print.
ALTER TABLE licenses ALTER COLUMN permissions TYPE json;
ALTER TABLE tokens ALTER COLUMN permissions TYPE json;
ALTER TABLE users ALTER COLUMN permissions TYPE json;
