-- Who is told of events, and each delivery to them.
CREATE TABLE webhook_endpoints (
  id                  {uuid} PRIMARY KEY,
  account_id          {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id      {uuid} REFERENCES environments (id) ON DELETE CASCADE,
  product_id          {uuid} REFERENCES products (id) ON DELETE CASCADE,
  url                 {text} NOT NULL,
  -- Names of events, or ["*"]; empty when the receiver asked not to be called any more.
  subscriptions       {json} NOT NULL,
  signature_algorithm {text} NOT NULL,
  api_version         {text} NOT NULL,
  -- The breaker: deliveries that failed in a row, and until when no more are tried.
  failures            {int} NOT NULL DEFAULT 0,
  rests_until         {time},
  created_at          {time} NOT NULL,
  updated_at          {time} NOT NULL
);
-- Read with every event that is told: the endpoints of an account are few.
CREATE INDEX webhook_endpoints_by_account ON webhook_endpoints (account_id, created_at, id);

-- An event outlives its endpoint, so nothing but its account takes it along.
CREATE TABLE webhook_events (
  id                  {uuid} PRIMARY KEY,
  account_id          {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id      {uuid},
  endpoint_id         {uuid} NOT NULL,
  endpoint            {text} NOT NULL,
  api_version         {text} NOT NULL,
  event               {text} NOT NULL,
  payload             {text} NOT NULL,
  status              {text} NOT NULL,
  last_response_code  {int},
  last_response_body  {text},
  idempotency_token   {text} NOT NULL,
  created_at          {time} NOT NULL,
  updated_at          {time} NOT NULL
);
CREATE INDEX webhook_events_by_account ON webhook_events (account_id, created_at, id);
CREATE INDEX webhook_events_by_event ON webhook_events (account_id, event, created_at, id);
CREATE INDEX webhook_events_by_endpoint ON webhook_events (account_id, endpoint_id, created_at);
-- What the retention sweep walks, across accounts.
CREATE INDEX webhook_events_by_age ON webhook_events (created_at);

-- Requests that were answered: written in batches, read rarely, swept by age.
CREATE TABLE request_logs (
  id                  {uuid} PRIMARY KEY,
  account_id          {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  environment_id      {uuid},
  requestor_type      {text},
  requestor_id        {uuid},
  resource_type       {text},
  resource_id         {uuid},
  method              {text} NOT NULL,
  url                 {text} NOT NULL,
  status              {int} NOT NULL,
  ip                  {text},
  user_agent          {text},
  request_headers     {json},
  request_body        {text},
  response_headers    {json},
  response_body       {text},
  response_signature  {text},
  created_at          {time} NOT NULL,
  updated_at          {time} NOT NULL
);
CREATE INDEX request_logs_by_account ON request_logs (account_id, created_at, id);
CREATE INDEX request_logs_by_requestor ON request_logs (account_id, requestor_id, created_at);
CREATE INDEX request_logs_by_resource ON request_logs (account_id, resource_id, created_at);
CREATE INDEX request_logs_by_age ON request_logs (created_at);

CREATE INDEX events_by_name ON events (account_id, name, created_at, id);
CREATE INDEX events_by_age ON events (created_at);
