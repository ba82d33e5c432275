-- What releases and their files are told apart by: platforms, arches, channels, file types and
-- engines. Records hold the key itself, so that no answer needs a join; a row here gives a key
-- its id, its name and its place in lists. It is made when a key is first used.
CREATE TABLE release_facets (
  id          {uuid} PRIMARY KEY,
  account_id  {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  kind        {text} NOT NULL,
  key         {text} NOT NULL,
  name        {text},
  created_at  {time} NOT NULL,
  updated_at  {time} NOT NULL
);
CREATE UNIQUE INDEX release_facets_key ON release_facets (account_id, kind, key);
CREATE INDEX release_facets_by_account ON release_facets (account_id, kind, created_at, id);

CREATE TABLE release_packages (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  product_id      {uuid} NOT NULL REFERENCES products (id) ON DELETE CASCADE,
  name            {text} NOT NULL,
  key             {text} NOT NULL,
  engine          {text},
  metadata        {json} NOT NULL,
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE UNIQUE INDEX release_packages_key ON release_packages (account_id, key);
CREATE INDEX release_packages_by_account ON release_packages (account_id, created_at, id);
CREATE INDEX release_packages_by_product ON release_packages (account_id, product_id, created_at, id);
CREATE INDEX release_packages_by_engine ON release_packages (account_id, engine) WHERE engine IS NOT NULL;

-- A version is kept as its text and as what it is ordered by. Versions made by clients of API 1.0
-- may repeat, and only those.
CREATE TABLE releases (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  product_id      {uuid} NOT NULL REFERENCES products (id) ON DELETE CASCADE,
  package_id      {uuid} REFERENCES release_packages (id) ON DELETE CASCADE,
  name            {text},
  description     {text},
  channel         {text} NOT NULL,
  status          {text} NOT NULL,
  tag             {text},
  version         {text} NOT NULL,
  version_major   {int} NOT NULL,
  version_minor   {int} NOT NULL,
  version_patch   {int} NOT NULL,
  pre_word        {word},
  pre_num         {int},
  build_word      {word},
  build_num       {int},
  api_version     {text} NOT NULL,
  metadata        {json} NOT NULL,
  backdated_at    {time},
  yanked_at       {time},
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE UNIQUE INDEX releases_version ON releases (product_id, version)
  WHERE package_id IS NULL AND api_version <> '1.0';
CREATE UNIQUE INDEX releases_package_version ON releases (package_id, version)
  WHERE package_id IS NOT NULL AND api_version <> '1.0';
CREATE UNIQUE INDEX releases_tag ON releases (product_id, tag)
  WHERE package_id IS NULL AND tag IS NOT NULL AND tag <> '';
CREATE UNIQUE INDEX releases_package_tag ON releases (package_id, tag)
  WHERE package_id IS NOT NULL AND tag IS NOT NULL AND tag <> '';
CREATE INDEX releases_by_account ON releases (account_id, created_at, id);
CREATE INDEX releases_by_product ON releases (account_id, product_id, created_at, id);
CREATE INDEX releases_by_package ON releases (account_id, package_id, created_at, id) WHERE package_id IS NOT NULL;
CREATE INDEX releases_by_version ON releases (account_id, version, created_at);
CREATE INDEX releases_by_tag ON releases (account_id, tag, created_at) WHERE tag IS NOT NULL;

-- content_* and etag are what the storage said of the object, storage is where it lies.
CREATE TABLE release_artifacts (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  release_id      {uuid} NOT NULL REFERENCES releases (id) ON DELETE CASCADE,
  filename        {text} NOT NULL,
  filetype        {text},
  filesize        {int},
  platform        {text},
  arch            {text},
  signature       {text},
  checksum        {text},
  status          {text} NOT NULL,
  metadata        {json} NOT NULL,
  storage         {text},
  content_length  {int},
  content_type    {text},
  etag            {text},
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE UNIQUE INDEX release_artifacts_filename ON release_artifacts (release_id, filename);
CREATE INDEX release_artifacts_by_account ON release_artifacts (account_id, created_at, id);
CREATE INDEX release_artifacts_by_release ON release_artifacts (account_id, release_id, created_at, id);
CREATE INDEX release_artifacts_by_filename ON release_artifacts (account_id, filename);
CREATE INDEX release_artifacts_by_platform ON release_artifacts (account_id, platform) WHERE platform IS NOT NULL;
CREATE INDEX release_artifacts_by_arch ON release_artifacts (account_id, arch) WHERE arch IS NOT NULL;
CREATE INDEX release_artifacts_waiting ON release_artifacts (created_at, id) WHERE status IN ('WAITING', 'PROCESSING');

-- Entitlements that a license must hold, all of them, to have a release.
CREATE TABLE release_constraints (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  release_id      {uuid} NOT NULL REFERENCES releases (id) ON DELETE CASCADE,
  entitlement_id  {uuid} NOT NULL REFERENCES entitlements (id) ON DELETE CASCADE,
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE UNIQUE INDEX release_constraints_once ON release_constraints (release_id, entitlement_id);
CREATE INDEX release_constraints_by_release ON release_constraints (account_id, release_id, created_at, id);
CREATE INDEX release_constraints_by_entitlement ON release_constraints (entitlement_id);
