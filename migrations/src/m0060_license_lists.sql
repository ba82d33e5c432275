-- A big group is read in order, too.
DROP INDEX licenses_by_group;
CREATE INDEX licenses_by_group ON licenses (account_id, group_id, created_at, id) WHERE group_id IS NOT NULL;

CREATE INDEX licenses_in_environment ON licenses (account_id, environment_id, created_at, id) WHERE environment_id IS NOT NULL;
CREATE INDEX licenses_by_expiry ON licenses (account_id, expiry);
CREATE INDEX licenses_by_activity ON licenses (account_id, active_on);
CREATE INDEX licenses_by_machines ON licenses (account_id, machines_tier, created_at, id);
CREATE INDEX licenses_suspended ON licenses (account_id, created_at, id) WHERE suspended;
CREATE INDEX licenses_assigned ON licenses (account_id, created_at, id) WHERE owner_id IS NOT NULL OR users_count > 0;
CREATE INDEX licenses_unassigned ON licenses (account_id, created_at, id) WHERE owner_id IS NULL AND users_count = 0;

-- Whose licenses are banned.
CREATE INDEX users_by_ban ON users (account_id, banned_at) WHERE banned_at IS NOT NULL;
