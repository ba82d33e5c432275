-- What few have in common is found without reading everybody. What is in an environment, or of a
-- product, goes with it without reading everybody, too.
CREATE INDEX releases_by_environment ON releases (environment_id, created_at, id) WHERE environment_id IS NOT NULL;
CREATE INDEX releases_by_channel ON releases (account_id, channel, created_at, id);
CREATE INDEX releases_by_status ON releases (account_id, status, created_at, id);
CREATE INDEX release_packages_by_environment ON release_packages (environment_id, created_at, id) WHERE environment_id IS NOT NULL;
CREATE INDEX release_artifacts_by_environment ON release_artifacts (environment_id, created_at, id) WHERE environment_id IS NOT NULL;
CREATE INDEX release_artifacts_by_status ON release_artifacts (account_id, status, created_at, id);
CREATE INDEX release_constraints_by_environment ON release_constraints (environment_id) WHERE environment_id IS NOT NULL;

-- Files without a platform, arch or type are asked for as well.
CREATE INDEX release_artifacts_by_filetype ON release_artifacts (account_id, filetype, created_at, id);
DROP INDEX release_artifacts_by_platform;
CREATE INDEX release_artifacts_by_platform ON release_artifacts (account_id, platform, created_at, id);
DROP INDEX release_artifacts_by_arch;
CREATE INDEX release_artifacts_by_arch ON release_artifacts (account_id, arch, created_at, id);

CREATE INDEX webhook_endpoints_by_product ON webhook_endpoints (product_id, created_at, id) WHERE product_id IS NOT NULL;
CREATE INDEX webhook_endpoints_by_environment ON webhook_endpoints (environment_id, created_at, id) WHERE environment_id IS NOT NULL;

-- A record may be asked for without its type, which its id makes needless.
DROP INDEX events_by_resource;
CREATE INDEX events_by_record ON events (account_id, resource_id, created_at);
CREATE INDEX events_by_bearer ON events (account_id, bearer_id, created_at) WHERE bearer_id IS NOT NULL;
CREATE INDEX events_by_request ON events (account_id, request_id) WHERE request_id IS NOT NULL;
