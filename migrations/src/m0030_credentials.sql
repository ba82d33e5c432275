-- A session goes with its token and with the session it was opened from.
CREATE TABLE sessions (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  token_id        {uuid} NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
  bearer_kind     {text} NOT NULL,
  bearer_id       {uuid} NOT NULL,
  parent_id       {uuid} REFERENCES sessions (id) ON DELETE CASCADE,
  expiry          {time} NOT NULL,
  last_used_at    {time},
  user_agent      {text},
  ip              {text},
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id, created_at, id);
CREATE INDEX sessions_by_token ON sessions (token_id);
CREATE INDEX sessions_by_parent ON sessions (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX sessions_expiry ON sessions (expiry);
CREATE INDEX sessions_by_environment ON sessions (environment_id) WHERE environment_id IS NOT NULL;
