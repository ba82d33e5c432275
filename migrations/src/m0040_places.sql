-- Users who may look into a group without being its members.
CREATE TABLE group_owners (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  group_id        {uuid} NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
  user_id         {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE UNIQUE INDEX group_owners_once ON group_owners (group_id, user_id);
CREATE INDEX group_owners_by_group ON group_owners (group_id, created_at, id);
CREATE INDEX group_owners_by_user ON group_owners (user_id);
CREATE INDEX group_owners_by_environment ON group_owners (environment_id) WHERE environment_id IS NOT NULL;

-- The group leads: a group that goes lets its members go, and finds them by this alone.
CREATE INDEX users_by_group ON users (group_id, created_at, id) WHERE group_id IS NOT NULL;
DROP INDEX licenses_by_group;
CREATE INDEX licenses_by_group ON licenses (group_id, created_at, id) WHERE group_id IS NOT NULL;
DROP INDEX machines_by_group;
CREATE INDEX machines_by_group ON machines (group_id, created_at, id) WHERE group_id IS NOT NULL;

-- An environment that was deleted is nobody's from then on, and is emptied piece by piece. Its
-- code is free at once.
ALTER TABLE environments ADD COLUMN permissions {json} NOT NULL DEFAULT '["*"]';
ALTER TABLE environments ADD COLUMN deleted_at {time};
DROP INDEX environments_code;
CREATE UNIQUE INDEX environments_code ON environments (account_id, lower(code)) WHERE deleted_at IS NULL;
CREATE INDEX environments_by_account ON environments (account_id, created_at, id);

-- What an environment that goes finds its records by; global records are in none of these.
CREATE INDEX users_by_environment ON users (environment_id) WHERE environment_id IS NOT NULL;
CREATE INDEX tokens_by_environment ON tokens (environment_id) WHERE environment_id IS NOT NULL;
CREATE INDEX products_by_environment ON products (environment_id) WHERE environment_id IS NOT NULL;
CREATE INDEX policies_by_environment ON policies (environment_id) WHERE environment_id IS NOT NULL;
CREATE INDEX licenses_by_environment ON licenses (environment_id) WHERE environment_id IS NOT NULL;
CREATE INDEX license_users_by_environment ON license_users (environment_id) WHERE environment_id IS NOT NULL;
CREATE INDEX license_entitlements_by_environment ON license_entitlements (environment_id) WHERE environment_id IS NOT NULL;
CREATE INDEX policy_entitlements_by_environment ON policy_entitlements (environment_id) WHERE environment_id IS NOT NULL;
CREATE INDEX machines_by_environment ON machines (environment_id) WHERE environment_id IS NOT NULL;
CREATE INDEX groups_by_environment ON groups (environment_id) WHERE environment_id IS NOT NULL;
CREATE INDEX entitlements_by_environment ON entitlements (environment_id) WHERE environment_id IS NOT NULL;
CREATE INDEX keys_by_environment ON keys (environment_id) WHERE environment_id IS NOT NULL;
