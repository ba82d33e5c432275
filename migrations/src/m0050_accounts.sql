-- No account is served, found or counted once it is to be destroyed.
ALTER TABLE accounts ADD COLUMN doomed_at {time};

CREATE TABLE account_settings (
  id          {uuid} PRIMARY KEY,
  account_id  {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  key         {text} NOT NULL,
  value       {json} NOT NULL,
  created_at  {time} NOT NULL,
  updated_at  {time} NOT NULL
);
CREATE UNIQUE INDEX account_settings_key ON account_settings (account_id, key);

-- A host leads to one account, whoever else would like to have it.
CREATE TABLE account_domains (
  id          {uuid} PRIMARY KEY,
  account_id  {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  host        {text} NOT NULL,
  created_at  {time} NOT NULL,
  updated_at  {time} NOT NULL
);
CREATE UNIQUE INDEX account_domains_host ON account_domains (host);
CREATE INDEX account_domains_by_account ON account_domains (account_id, created_at, id);

CREATE TABLE account_sso (
  id                {uuid} PRIMARY KEY,
  account_id        {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  organization      {text} NOT NULL,
  issuer            {text} NOT NULL,
  client_id         {text} NOT NULL,
  client_secret     {bytes} NOT NULL,
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
CREATE INDEX account_sso_issuer ON account_sso (issuer, created_at, id);

-- Who a user is to the account's identity provider.
CREATE TABLE sso_identities (
  id             {uuid} PRIMARY KEY,
  account_id     {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  user_id        {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  profile_id     {text} NOT NULL,
  connection_id  {text} NOT NULL,
  idp_id         {text} NOT NULL,
  created_at     {time} NOT NULL,
  updated_at     {time} NOT NULL
);
CREATE UNIQUE INDEX sso_identities_user ON sso_identities (user_id);
CREATE UNIQUE INDEX sso_identities_profile ON sso_identities (account_id, profile_id);
