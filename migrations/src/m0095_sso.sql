-- How an account signs on; a provider of its own where it says so, else the installation's.
DROP TABLE account_sso;
CREATE TABLE account_sso (
  id                {uuid} PRIMARY KEY,
  account_id        {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  organization      {text} NOT NULL,
  issuer            {text},
  client_id         {text},
  client_secret     {bytes},
  domains           {json} NOT NULL,
  session_duration  {int},
  jit_provisioning  {bool} NOT NULL,
  external_authn    {bool} NOT NULL,
  sync_roles        {bool} NOT NULL,
  idp_initiated     {bool} NOT NULL,
  created_at        {time} NOT NULL,
  updated_at        {time} NOT NULL
);
CREATE UNIQUE INDEX account_sso_account ON account_sso (account_id);
CREATE UNIQUE INDEX account_sso_organization ON account_sso (organization);

-- All sessions of a user are ended at once.
CREATE INDEX sessions_by_bearer ON sessions (account_id, bearer_kind, bearer_id);
