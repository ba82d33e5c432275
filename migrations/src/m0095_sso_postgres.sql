-- Who signs on has a session without a token.
ALTER TABLE sessions ALTER COLUMN token_id DROP NOT NULL;
