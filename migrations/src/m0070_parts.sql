CREATE TABLE machine_components (
  id                  {uuid} PRIMARY KEY,
  account_id          {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id      {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  machine_id          {uuid} NOT NULL REFERENCES machines (id) ON DELETE CASCADE,
  fingerprint         {text} NOT NULL,
  fingerprint_digest  {bytes} NOT NULL,
  name                {text} NOT NULL,
  metadata            {json} NOT NULL,
  created_at          {time} NOT NULL,
  updated_at          {time} NOT NULL
);
CREATE UNIQUE INDEX machine_components_fingerprint ON machine_components (machine_id, fingerprint_digest);
CREATE INDEX machine_components_by_fingerprint ON machine_components (account_id, fingerprint_digest);
CREATE INDEX machine_components_by_account ON machine_components (account_id, created_at, id);

CREATE TABLE machine_processes (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  machine_id      {uuid} NOT NULL REFERENCES machines (id) ON DELETE CASCADE,
  pid             {text} NOT NULL,
  pid_digest      {bytes} NOT NULL,
  metadata        {json} NOT NULL,
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE UNIQUE INDEX machine_processes_pid ON machine_processes (machine_id, pid_digest);
CREATE INDEX machine_processes_by_account ON machine_processes (account_id, created_at, id);

-- One narrow row per process, as for machines: a ping touches this table and nothing else. A
-- process beats from the moment it is there.
CREATE TABLE process_heartbeats (
  process_id  {uuid} PRIMARY KEY REFERENCES machine_processes (id) ON DELETE CASCADE,
  account_id  {uuid} NOT NULL,
  last_at     {time} NOT NULL,
  due_at      {time},
  died_at     {time}
) {hot};
CREATE INDEX process_heartbeats_due ON process_heartbeats (due_at, process_id) WHERE due_at IS NOT NULL;

-- When each kind of notice was last told of a license. Who writes the time tells.
CREATE TABLE license_notices (
  license_id  {uuid} NOT NULL REFERENCES licenses (id) ON DELETE CASCADE,
  kind        {text} NOT NULL,
  sent_at     {time} NOT NULL,
  PRIMARY KEY (license_id, kind)
);
CREATE INDEX licenses_expiry ON licenses (expiry, id) WHERE expiry IS NOT NULL;
CREATE INDEX licenses_check_in ON licenses (policy_id, last_check_in_at, id) WHERE last_check_in_at IS NOT NULL;
CREATE INDEX policies_check_in ON policies (id) WHERE require_check_in;

-- Neither settable nor shown: installations that were moved here may have it.
ALTER TABLE policies ADD COLUMN require_environment_scope {bool} NOT NULL DEFAULT false;
