-- What few have in common is found without reading everybody.
CREATE INDEX machines_by_hostname ON machines (account_id, hostname, created_at, id) WHERE hostname IS NOT NULL;
CREATE INDEX machines_by_ip ON machines (account_id, ip, created_at, id) WHERE ip IS NOT NULL;
CREATE INDEX users_by_role ON users (account_id, role, created_at, id);
