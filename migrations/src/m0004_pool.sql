-- Keys made beforehand, each waiting in a policy's pool for the one license that will take it.
-- A key may be longer than an index entry: its digest is what is unique.
CREATE TABLE keys (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  policy_id       {uuid} NOT NULL REFERENCES policies (id) ON DELETE CASCADE,
  key             {text} NOT NULL,
  key_digest      {bytes} NOT NULL,
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE UNIQUE INDEX keys_key ON keys (account_id, key_digest);
CREATE INDEX keys_by_account ON keys (account_id, created_at, id);
CREATE INDEX keys_by_policy ON keys (account_id, policy_id, created_at, id);

CREATE INDEX entitlements_by_account ON entitlements (account_id, created_at, id);
