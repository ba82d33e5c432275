//! Webhooks, the event log and the request log.

use super::*;

/// Every list, every filter of it where it lets little through and where it lets much through.
#[rustfmt::skip]
pub const LISTS: &[List] = &[
    (Who::Admin,       "/webhook-endpoints"),
    (Who::Admin,       "/webhook-endpoints?order=asc&limit=100"),
    (Who::Admin,       "/webhook-endpoints?page[cursor]={endpoint}&page[size]=100"),
    (Who::Product,     "/webhook-endpoints"),
    (Who::Environment, "/webhook-endpoints"),
    (Who::Admin,       "/webhook-events"),
    (Who::Admin,       "/webhook-events?order=asc&limit=100"),
    (Who::Admin,       "/webhook-events?page[cursor]={delivery}&page[size]=100"),
    (Who::Admin,       "/webhook-events?page[number]=2&page[size]=100"),
    (Who::Product,     "/webhook-events"),
    (Who::Environment, "/webhook-events"),
    (Who::Admin,       "/webhook-events?events[]=license.created"),
    (Who::Admin,       "/webhook-events?events[]=machine.created"),
    (Who::Admin,       "/webhook-events?events[]=machine.created&events[]=user.created"),
    (Who::Product,     "/webhook-events?events[]=machine.created"),
    (Who::Admin,       "/event-logs"),
    (Who::Admin,       "/event-logs?order=asc&limit=100"),
    (Who::Admin,       "/event-logs?page[cursor]={event}&page[size]=100"),
    (Who::Admin,       "/event-logs?page[number]=2&page[size]=100"),
    (Who::Environment, "/event-logs"),
    (Who::Admin,       "/event-logs?date[start]=2025-12-25&date[end]=2025-12-27"),
    (Who::Admin,       "/event-logs?date[start]=2020-12-25&date[end]=2020-12-27"),
    (Who::Admin,       "/event-logs?event=license.created"),
    (Who::Admin,       "/event-logs?event=machine.created"),
    (Who::Admin,       "/event-logs?events[]=machine.created&events[]=user.created"),
    (Who::Admin,       "/event-logs?request={request}"),
    (Who::Admin,       "/event-logs?request=0a1"),
    (Who::Admin,       "/event-logs?whodunnit={user}"),
    (Who::Admin,       "/event-logs?whodunnit[type]=user&whodunnit[id]={user}"),
    (Who::Admin,       "/event-logs?whodunnit[type]=product&whodunnit[id]={product}"),
    (Who::Admin,       "/event-logs?whodunnit[type]=user"),
    (Who::Admin,       "/event-logs?resource={license}"),
    (Who::Admin,       "/event-logs?resource[type]=license&resource[id]={license}"),
    (Who::Admin,       "/event-logs?resource[type]=machine"),
    (Who::Admin,       "/event-logs?resource[type]=license"),
    (Who::Admin,       "/request-logs"),
    (Who::Admin,       "/request-logs?order=asc&limit=100"),
    (Who::Admin,       "/request-logs?page[cursor]={request}&page[size]=100"),
    (Who::Admin,       "/request-logs?page[number]=2&page[size]=100"),
    (Who::Environment, "/request-logs"),
    (Who::Admin,       "/request-logs?date[start]=2025-12-25&date[end]=2025-12-27"),
    (Who::Admin,       "/request-logs?date[start]=2020-12-25&date[end]=2020-12-27"),
    (Who::Admin,       "/request-logs?requestor={user}"),
    (Who::Admin,       "/request-logs?requestor[type]=user&requestor[id]={user}"),
    (Who::Admin,       "/request-logs?requestor[type]=user"),
    (Who::Admin,       "/request-logs?resource={license}"),
    (Who::Admin,       "/request-logs?resource[type]=license&resource[id]={license}"),
    (Who::Admin,       "/request-logs?resource[type]=license"),
    (Who::Admin,       "/request-logs?ip=192.0.2.7"),
    (Who::Admin,       "/request-logs?ip=192.0"),
    (Who::Admin,       "/request-logs?method=get"),
    (Who::Admin,       "/request-logs?method=delete"),
    (Who::Admin,       "/request-logs?url=licenses"),
    (Who::Admin,       "/request-logs?status=200"),
    (Who::Admin,       "/request-logs?status=500"),
    (Who::Admin,       "/request-logs?status=nothing"),
];

/// Many endpoints, deliveries, events and requests. Few are of the product, in the environment, or
/// of another kind.
pub fn rows(w: &World, few: &Few) -> Vec<String> {
    let account = w.account();
    let now = format!("'{}'::timestamptz", w.now().to_rfc3339());
    let (product, user) = (&few.product, &few.user);
    let inside = format!("CASE WHEN n % 991 = 0 THEN '{ENVIRONMENT}'::uuid END");
    let made = format!("{now} - n * interval '1 minute'");
    let name = "CASE WHEN n % 983 = 0 THEN 'machine.created' WHEN n % 977 = 0 THEN 'user.created' \
        ELSE 'license.created' END";
    let license = "md5('license-' || n)::uuid";
    let who =
        format!("CASE WHEN {RARE} THEN '{user}'::uuid ELSE md5('user-' || n % 5000)::uuid END");
    vec![
        format!(
            "INSERT INTO webhook_endpoints (id, account_id, environment_id, product_id, url, \
             subscriptions, signature_algorithm, api_version, created_at, updated_at) \
             SELECT md5('endpoint-' || n)::uuid, '{account}', {inside}, \
             CASE WHEN {RARE} THEN '{product}'::uuid END, 'https://example.com/' || n, '[]', \
             'ed25519', '1.8', {made}, {now} FROM generate_series(1, 5000) n"
        ),
        format!(
            "INSERT INTO webhook_events (id, account_id, environment_id, endpoint_id, endpoint, \
             api_version, event, payload, status, idempotency_token, created_at, updated_at) \
             SELECT md5('delivery-' || n)::uuid, '{account}', {inside}, \
             md5('endpoint-' || n % 5000 + 1)::uuid, 'https://example.com/' || n, '1.8', {name}, \
             '{{}}', 'DELIVERED', 'token-' || n, {made}, {now} FROM generate_series(1, 20000) n"
        ),
        format!(
            "INSERT INTO events (id, account_id, environment_id, name, resource_type, resource_id, \
             bearer_type, bearer_id, request_id, created_at) \
             SELECT md5('event-' || n)::uuid, '{account}', {inside}, {name}, \
             CASE WHEN n % 971 = 0 THEN 'machines' ELSE 'licenses' END, {license}, 'user', {who}, \
             md5('request-' || n)::uuid, {made} FROM generate_series(1, 20000) n"
        ),
        format!(
            "INSERT INTO request_logs (id, account_id, environment_id, requestor_type, \
             requestor_id, resource_type, resource_id, method, url, status, ip, created_at, \
             updated_at) \
             SELECT md5('request-' || n)::uuid, '{account}', {inside}, 'users', {who}, 'licenses', \
             {license}, CASE WHEN n % 983 = 0 THEN 'DELETE' ELSE 'GET' END, \
             '/v1/licenses/' || n, CASE WHEN n % 971 = 0 THEN 500 ELSE 200 END, \
             '192.0.2.' || n % 250, {made}, {now} FROM generate_series(1, 20000) n"
        ),
    ]
}
