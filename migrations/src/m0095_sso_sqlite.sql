-- Who signs on has a session without a token. SQLite takes a condition off a column by a new table,
-- whose references to itself follow it when it is renamed.
CREATE TABLE sessions_new (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  token_id        {uuid} REFERENCES tokens (id) ON DELETE CASCADE,
  bearer_kind     {text} NOT NULL,
  bearer_id       {uuid} NOT NULL,
  parent_id       {uuid} REFERENCES sessions_new (id) ON DELETE CASCADE,
  expiry          {time} NOT NULL,
  last_used_at    {time},
  user_agent      {text},
  ip              {text},
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
INSERT INTO sessions_new
  SELECT id, account_id, environment_id, token_id, bearer_kind, bearer_id, parent_id, expiry,
         last_used_at, user_agent, ip, created_at, updated_at
  FROM sessions;
DROP TABLE sessions;
ALTER TABLE sessions_new RENAME TO sessions;
CREATE INDEX sessions_by_account ON sessions (account_id, created_at, id);
CREATE INDEX sessions_by_token ON sessions (token_id);
CREATE INDEX sessions_by_parent ON sessions (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX sessions_expiry ON sessions (expiry);
CREATE INDEX sessions_by_environment ON sessions (environment_id) WHERE environment_id IS NOT NULL;
