CREATE TABLE accounts (
  id                {uuid} PRIMARY KEY,
  slug              {text} NOT NULL,
  name              {text} NOT NULL,
  protected         {bool} NOT NULL,
  api_version       {text} NOT NULL,
  legacy_signature  {bool} NOT NULL,
  ed25519_public    {text} NOT NULL,
  ed25519_private   {bytes} NOT NULL,
  rsa2048_public    {text} NOT NULL,
  rsa2048_private   {bytes} NOT NULL,
  ecdsa_public      {text} NOT NULL,
  ecdsa_private     {bytes} NOT NULL,
  secret            {bytes} NOT NULL,
  created_at        {time} NOT NULL,
  updated_at        {time} NOT NULL
);
CREATE UNIQUE INDEX accounts_slug ON accounts (lower(slug));

CREATE TABLE environments (
  id                  {uuid} PRIMARY KEY,
  account_id          {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  name                {text} NOT NULL,
  code                {text} NOT NULL,
  isolation_strategy  {text} NOT NULL,
  created_at          {time} NOT NULL,
  updated_at          {time} NOT NULL
);
CREATE UNIQUE INDEX environments_code ON environments (account_id, lower(code));

CREATE TABLE groups (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  name            {text} NOT NULL,
  max_users       {int},
  max_licenses    {int},
  max_machines    {int},
  metadata        {json} NOT NULL,
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE INDEX groups_by_account ON groups (account_id, created_at, id);

CREATE TABLE users (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  group_id        {uuid} REFERENCES groups (id) ON DELETE SET NULL,
  email           {text} NOT NULL,
  first_name      {text},
  last_name       {text},
  password_hash   {text},
  role            {text} NOT NULL,
  permissions     {json} NOT NULL,
  metadata        {json} NOT NULL,
  banned_at       {time},
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE UNIQUE INDEX users_email ON users (account_id, email);
CREATE INDEX users_by_account ON users (account_id, created_at, id);

CREATE TABLE tokens (
  id                 {uuid} PRIMARY KEY,
  account_id         {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id     {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  bearer_kind        {text} NOT NULL,
  bearer_id          {uuid} NOT NULL,
  digest             {bytes} NOT NULL,
  name               {text},
  expiry             {time},
  permissions        {json} NOT NULL,
  max_activations    {int},
  activations        {int} NOT NULL,
  max_deactivations  {int},
  deactivations      {int} NOT NULL,
  created_at         {time} NOT NULL,
  updated_at         {time} NOT NULL
);
CREATE UNIQUE INDEX tokens_digest ON tokens (account_id, digest);
CREATE INDEX tokens_by_bearer ON tokens (account_id, bearer_kind, bearer_id, created_at, id);
CREATE INDEX tokens_by_account ON tokens (account_id, created_at, id);
CREATE INDEX tokens_expiry ON tokens (expiry) WHERE expiry IS NOT NULL;

CREATE TABLE products (
  id                     {uuid} PRIMARY KEY,
  account_id             {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id         {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  name                   {text} NOT NULL,
  code                   {text},
  url                    {text},
  distribution_strategy  {text},
  platforms              {json},
  permissions            {json} NOT NULL,
  metadata               {json} NOT NULL,
  created_at             {time} NOT NULL,
  updated_at             {time} NOT NULL
);
CREATE UNIQUE INDEX products_code ON products (account_id, lower(code)) WHERE code IS NOT NULL;
CREATE INDEX products_by_account ON products (account_id, created_at, id);

CREATE TABLE policies (
  id                               {uuid} PRIMARY KEY,
  account_id                       {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id                   {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  product_id                       {uuid} NOT NULL REFERENCES products (id) ON DELETE CASCADE,
  name                             {text} NOT NULL,
  duration                         {int},
  strict                           {bool} NOT NULL,
  floating                         {bool} NOT NULL,
  use_pool                         {bool} NOT NULL,
  encrypted                        {bool} NOT NULL,
  scheme                           {text},
  protected                        {bool} NOT NULL,
  max_machines                     {int},
  max_processes                    {int},
  max_users                        {int},
  max_cores                        {int},
  max_memory                       {int},
  max_disk                         {int},
  max_uses                         {int},
  machine_uniqueness_strategy      {text} NOT NULL,
  machine_matching_strategy        {text} NOT NULL,
  component_uniqueness_strategy    {text} NOT NULL,
  component_matching_strategy      {text} NOT NULL,
  expiration_strategy              {text} NOT NULL,
  expiration_basis                 {text} NOT NULL,
  renewal_basis                    {text} NOT NULL,
  transfer_strategy                {text} NOT NULL,
  authentication_strategy          {text} NOT NULL,
  machine_leasing_strategy         {text} NOT NULL,
  process_leasing_strategy         {text} NOT NULL,
  overage_strategy                 {text} NOT NULL,
  require_product_scope            {bool} NOT NULL,
  require_policy_scope             {bool} NOT NULL,
  require_machine_scope            {bool} NOT NULL,
  require_fingerprint_scope        {bool} NOT NULL,
  require_components_scope         {bool} NOT NULL,
  require_user_scope               {bool} NOT NULL,
  require_checksum_scope           {bool} NOT NULL,
  require_version_scope            {bool} NOT NULL,
  require_check_in                 {bool} NOT NULL,
  check_in_interval                {text},
  check_in_interval_count          {int},
  require_heartbeat                {bool} NOT NULL,
  heartbeat_duration               {int},
  heartbeat_cull_strategy          {text} NOT NULL,
  heartbeat_resurrection_strategy  {text} NOT NULL,
  heartbeat_basis                  {text} NOT NULL,
  metadata                         {json} NOT NULL,
  created_at                       {time} NOT NULL,
  updated_at                       {time} NOT NULL
);
CREATE INDEX policies_by_account ON policies (account_id, created_at, id);
CREATE INDEX policies_by_product ON policies (account_id, product_id, created_at, id);

CREATE TABLE licenses (
  id                  {uuid} PRIMARY KEY,
  account_id          {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id      {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  product_id          {uuid} NOT NULL REFERENCES products (id) ON DELETE CASCADE,
  policy_id           {uuid} NOT NULL REFERENCES policies (id) ON DELETE CASCADE,
  owner_id            {uuid} REFERENCES users (id) ON DELETE CASCADE,
  group_id            {uuid} REFERENCES groups (id) ON DELETE SET NULL,
  name                {text},
  key                 {text} NOT NULL,
  key_digest          {bytes} NOT NULL,
  expiry              {time},
  suspended           {bool} NOT NULL,
  protected           {bool} NOT NULL,
  uses                {int} NOT NULL,
  version             {text},
  max_machines        {int},
  max_processes       {int},
  max_users           {int},
  max_cores           {int},
  max_memory          {int},
  max_disk            {int},
  max_uses            {int},
  permissions         {json} NOT NULL,
  metadata            {json} NOT NULL,
  machines_count      {int} NOT NULL,
  machines_cores      {int} NOT NULL,
  machines_memory     {int} NOT NULL,
  machines_disk       {int} NOT NULL,
  users_count         {int} NOT NULL,
  last_validated_at   {time},
  last_check_in_at    {time},
  last_check_out_at   {time},
  created_at          {time} NOT NULL,
  updated_at          {time} NOT NULL
);
CREATE UNIQUE INDEX licenses_key ON licenses (account_id, key_digest);
CREATE INDEX licenses_by_account ON licenses (account_id, created_at, id);
CREATE INDEX licenses_by_policy ON licenses (account_id, policy_id, created_at, id);
CREATE INDEX licenses_by_product ON licenses (account_id, product_id, created_at, id);
CREATE INDEX licenses_by_owner ON licenses (account_id, owner_id, created_at, id) WHERE owner_id IS NOT NULL;
CREATE INDEX licenses_by_group ON licenses (account_id, group_id) WHERE group_id IS NOT NULL;

CREATE TABLE license_users (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  license_id      {uuid} NOT NULL REFERENCES licenses (id) ON DELETE CASCADE,
  user_id         {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE UNIQUE INDEX license_users_once ON license_users (license_id, user_id);
CREATE INDEX license_users_by_user ON license_users (account_id, user_id);

CREATE TABLE entitlements (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  name            {text} NOT NULL,
  code            {text} NOT NULL,
  metadata        {json} NOT NULL,
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE UNIQUE INDEX entitlements_code ON entitlements (account_id, lower(code));

CREATE TABLE policy_entitlements (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  policy_id       {uuid} NOT NULL REFERENCES policies (id) ON DELETE CASCADE,
  entitlement_id  {uuid} NOT NULL REFERENCES entitlements (id) ON DELETE CASCADE,
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE UNIQUE INDEX policy_entitlements_once ON policy_entitlements (policy_id, entitlement_id);
CREATE INDEX policy_entitlements_by_entitlement ON policy_entitlements (entitlement_id);

CREATE TABLE license_entitlements (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  license_id      {uuid} NOT NULL REFERENCES licenses (id) ON DELETE CASCADE,
  entitlement_id  {uuid} NOT NULL REFERENCES entitlements (id) ON DELETE CASCADE,
  created_at      {time} NOT NULL,
  updated_at      {time} NOT NULL
);
CREATE UNIQUE INDEX license_entitlements_once ON license_entitlements (license_id, entitlement_id);
CREATE INDEX license_entitlements_by_entitlement ON license_entitlements (entitlement_id);

CREATE TABLE machines (
  id                  {uuid} PRIMARY KEY,
  account_id          {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id      {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  license_id          {uuid} NOT NULL REFERENCES licenses (id) ON DELETE CASCADE,
  owner_id            {uuid} REFERENCES users (id) ON DELETE SET NULL,
  group_id            {uuid} REFERENCES groups (id) ON DELETE SET NULL,
  fingerprint         {text} NOT NULL,
  fingerprint_digest  {bytes} NOT NULL,
  name                {text},
  ip                  {text},
  hostname            {text},
  platform            {text},
  cores               {int},
  memory              {int},
  disk                {int},
  max_processes       {int},
  metadata            {json} NOT NULL,
  last_check_out_at   {time},
  created_at          {time} NOT NULL,
  updated_at          {time} NOT NULL
);
CREATE UNIQUE INDEX machines_fingerprint ON machines (license_id, fingerprint_digest);
CREATE INDEX machines_by_fingerprint ON machines (account_id, fingerprint_digest);
CREATE INDEX machines_by_account ON machines (account_id, created_at, id);
CREATE INDEX machines_by_license ON machines (account_id, license_id, created_at, id);
CREATE INDEX machines_by_owner ON machines (account_id, owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX machines_by_group ON machines (account_id, group_id) WHERE group_id IS NOT NULL;

-- One narrow row per machine: a ping touches this table and nothing else.
-- due_at is when the sweep looks at the machine; it may be earlier than the deadline, and is null
-- while there is nothing to look at: never required and never pinged, or dead and kept.
CREATE TABLE heartbeats (
  machine_id  {uuid} PRIMARY KEY REFERENCES machines (id) ON DELETE CASCADE,
  account_id  {uuid} NOT NULL,
  last_at     {time},
  due_at      {time},
  died_at     {time}
) {hot};
CREATE INDEX heartbeats_due ON heartbeats (due_at, machine_id) WHERE due_at IS NOT NULL;

-- When any replica was last alive; the gap after an outage is read off it.
CREATE TABLE server_pulse (
  id        {int} PRIMARY KEY,
  alive_at  {time} NOT NULL
);

-- Times when no replica was there to be pinged. Every deadline is reckoned with them.
CREATE TABLE amnesties (
  id         {uuid} PRIMARY KEY,
  gap_from   {time} NOT NULL,
  gap_until  {time} NOT NULL
);
CREATE INDEX amnesties_until ON amnesties (gap_until);

-- How many machines sweeps removed from an account lately, and whether they had to stop.
CREATE TABLE sweep_brakes (
  account_id    {uuid} PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  counted_from  {time} NOT NULL,
  culled        {int} NOT NULL,
  pulled_at     {time},
  holds_until   {time},
  would_cull    {int} NOT NULL,
  of_machines   {int} NOT NULL,
  released_at   {time},
  released_by   {text}
);

CREATE TABLE events (
  id              {uuid} PRIMARY KEY,
  account_id      {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id  {uuid},
  name            {text} NOT NULL,
  resource_type   {text} NOT NULL,
  resource_id     {uuid} NOT NULL,
  bearer_type     {text},
  bearer_id       {uuid},
  request_id      {uuid},
  metadata        {json},
  created_at      {time} NOT NULL
);
CREATE INDEX events_by_account ON events (account_id, created_at, id);
CREATE INDEX events_by_resource ON events (account_id, resource_type, resource_id, created_at);
