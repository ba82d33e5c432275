-- What a processed file says of itself, as it stands in it. facts is what indexes of many packages
-- tell of it, in few words, so that no index reads what each says as a whole.
CREATE TABLE release_manifests (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  artifact_id     {uuid} NOT NULL REFERENCES release_artifacts (id) ON DELETE CASCADE,
  path            {text} NOT NULL,
  content_type    {text} NOT NULL,
  digest          {text} NOT NULL,
  content_length  {int} NOT NULL,
  content         {bytes} NOT NULL,
  facts           {json},
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE UNIQUE INDEX release_manifests_digest ON release_manifests (artifact_id, digest);
CREATE UNIQUE INDEX release_manifests_path ON release_manifests (artifact_id, path);
CREATE INDEX release_manifests_by_account ON release_manifests (account_id, digest);
