-- What a user's authenticator app makes codes from, sealed. One per user: the index settles races.
-- The last step a code was taken for: codes of it, and of earlier ones, are used up.
CREATE TABLE second_factors (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  user_id         {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  seed            {bytes} NOT NULL,
  enabled         {bool} NOT NULL,
  last_step       {int},
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE UNIQUE INDEX second_factors_once ON second_factors (user_id);

-- The digest of the one token that may reset a user's password: a new request takes its place.
CREATE TABLE password_resets (
  user_id     {uuid} PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  account_id  {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  digest      {bytes} NOT NULL,
  created_at  {time} NOT NULL
);
