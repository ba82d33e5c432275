//! Licenses, machines, users and what hangs on them.

use super::*;

/// Every list, every filter of it where it lets little through and where it lets much through. What
/// asks for users that have nothing, or for the dead where nobody is, reads until it has found a
/// page, and is not here.
#[rustfmt::skip]
pub const LISTS: &[List] = &[
    (Who::Admin,       "/licenses"),
    (Who::Admin,       "/licenses?order=asc&limit=100"),
    (Who::Admin,       "/licenses?page[cursor]=&page[size]=10"),
    (Who::Admin,       "/licenses?page[cursor]={license}&page[size]=100"),
    (Who::Product,     "/licenses"),
    (Who::User,        "/licenses"),
    (Who::User,        "/licenses?metadata[customer]=c-19999"),
    (Who::Environment, "/licenses"),
    (Who::Admin,       "/licenses?product={product}"),
    (Who::Admin,       "/licenses?product={user}"),
    (Who::Admin,       "/licenses?policy={policy}"),
    (Who::Admin,       "/licenses?group={group}"),
    (Who::Admin,       "/licenses?machine={machine}"),
    (Who::Admin,       "/licenses?owner={user}"),
    (Who::Admin,       "/licenses?owner=user-7@acme.example"),
    (Who::Admin,       "/licenses?user={user}"),
    (Who::Admin,       "/licenses?user=user-7@acme.example"),
    (Who::Admin,       "/licenses?user=nobody@acme.example"),
    (Who::Admin,       "/licenses?status=active"),
    (Who::Admin,       "/licenses?status=inactive"),
    (Who::Admin,       "/licenses?status=expired"),
    (Who::Admin,       "/licenses?status=expiring"),
    (Who::Admin,       "/licenses?status=suspended"),
    (Who::Admin,       "/licenses?status=banned"),
    (Who::Product,     "/licenses?status=inactive"),
    (Who::Product,     "/licenses?status=suspended"),
    (Who::Admin,       "/licenses?suspended=true"),
    (Who::Admin,       "/licenses?suspended=false"),
    (Who::Admin,       "/licenses?expired=true"),
    (Who::Admin,       "/licenses?expired=false"),
    (Who::Admin,       "/licenses?expired[within]=1d"),
    (Who::Admin,       "/licenses?expired[within]=1y"),
    (Who::Admin,       "/licenses?expired[before]=2000-01-01"),
    (Who::Admin,       "/licenses?expired[after]=2000-01-01"),
    (Who::Admin,       "/licenses?expired[on]=2000-01-01"),
    (Who::Admin,       "/licenses?expiring=true"),
    (Who::Admin,       "/licenses?expiring=false"),
    (Who::Admin,       "/licenses?expires[within]=1d"),
    (Who::Admin,       "/licenses?expires[within]=10y"),
    (Who::Admin,       "/licenses?expires[before]=2100-01-01"),
    (Who::Admin,       "/licenses?expires[after]=2099-01-01"),
    (Who::Admin,       "/licenses?expires[on]=2099-01-01"),
    (Who::Admin,       "/licenses?assigned=true"),
    (Who::Admin,       "/licenses?assigned=false"),
    (Who::Admin,       "/licenses?unassigned=true"),
    (Who::Admin,       "/licenses?activated=true"),
    (Who::Admin,       "/licenses?activated=false"),
    (Who::Admin,       "/licenses?activations[eq]=3"),
    (Who::Admin,       "/licenses?activations[gt]=1000"),
    (Who::Admin,       "/licenses?activations[gte]=1"),
    (Who::Admin,       "/licenses?activations[lt]=1"),
    (Who::Admin,       "/licenses?activations[lte]=1000"),
    (Who::Admin,       "/licenses?activity[inside]=1d"),
    (Who::Admin,       "/licenses?activity[inside]=1y"),
    (Who::Admin,       "/licenses?activity[outside]=1d"),
    (Who::Admin,       "/licenses?activity[outside]=2y"),
    (Who::Admin,       "/licenses?activity[before]=2000-01-01"),
    (Who::Admin,       "/licenses?activity[after]=2000-01-01"),
    (Who::Admin,       "/licenses?metadata[customer]=c-77"),
    (Who::Admin,       "/licenses?metadata[customer]=nobody&metadata[tier]=2"),
    (Who::Admin,       "/licenses?metadata[tags][]=blue&metadata[customer]=c-77"),
    (Who::Admin,       "/licenses?user={user}&status=active&activated=true"),
    (Who::Admin,       "/products/{product}/licenses"),
    (Who::Admin,       "/policies/{policy}/licenses?suspended=true"),
    (Who::Admin,       "/licenses/{license}/users"),
    (Who::License,     "/licenses/{license}/machines"),
    (Who::Admin,       "/licenses/{license}/machines?fingerprint=fingerprint-77"),
    (Who::Admin,       "/licenses/{license}/tokens"),
    (Who::Admin,       "/licenses/{license}/entitlements"),
    (Who::Admin,       "/groups/{group}/licenses"),
    (Who::Admin,       "/groups/{group}/users"),
    (Who::Admin,       "/groups/{group}/machines"),
    (Who::Admin,       "/users/{user}/licenses"),
    (Who::Admin,       "/users/{user}/machines"),
    (Who::Admin,       "/users/{user}/products"),
    (Who::Admin,       "/users/{user}/tokens"),
    (Who::Admin,       "/machines"),
    (Who::Admin,       "/machines?page[cursor]={machine}&page[size]=100"),
    (Who::Product,     "/machines"),
    (Who::User,        "/machines"),
    (Who::License,     "/machines"),
    (Who::Environment, "/machines"),
    (Who::Admin,       "/machines?fingerprint=fingerprint-77"),
    (Who::Admin,       "/machines?ip=192.0.2.7"),
    (Who::Admin,       "/machines?hostname=host-77"),
    (Who::Admin,       "/machines?status=ALIVE"),
    (Who::Admin,       "/machines?status=NOT_STARTED"),
    (Who::Admin,       "/machines?product={product}"),
    (Who::Admin,       "/machines?policy={policy}"),
    (Who::Admin,       "/machines?license={license}"),
    (Who::Admin,       "/machines?group={group}"),
    (Who::Admin,       "/machines?key=KEY-77"),
    (Who::Admin,       "/machines?owner={user}"),
    (Who::Admin,       "/machines?user={user}"),
    (Who::Admin,       "/machines?metadata[customer]=c-77"),
    (Who::Admin,       "/machines?license={license}&fingerprint=fingerprint-77"),
    (Who::Admin,       "/products/{product}/machines"),
    (Who::Admin,       "/products/{product}/users"),
    (Who::Admin,       "/users"),
    (Who::Product,     "/users"),
    (Who::Admin,       "/users?roles[]=admin"),
    (Who::Admin,       "/users?roles[]=user"),
    (Who::Admin,       "/users?product={product}"),
    (Who::Admin,       "/users?license={license}"),
    (Who::Admin,       "/users?group={group}"),
    (Who::Admin,       "/users?assigned=true"),
    (Who::Admin,       "/users?active=true"),
    (Who::Admin,       "/users?status=banned"),
    (Who::Admin,       "/users?metadata[customer]=c-77"),
    (Who::Admin,       "/entitlements"),
    (Who::Admin,       "/policies"),
    (Who::Admin,       "/products"),
    (Who::Admin,       "/tokens"),
    (Who::Admin,       "/keys?policy={policy}"),
    (Who::Admin,       "/components?license={license}"),
    (Who::Admin,       "/processes?license={license}"),
    (Who::Admin,       "/machines/{machine}/components"),
    (Who::Admin,       "/machines/{machine}/processes"),
];

/// Many users, licenses and machines, a few of them in a group, in an environment, or special.
pub async fn rows(w: &World, few: &Few) -> Vec<String> {
    let account = w.account();
    let Few {
        other_product,
        other_policy,
        ..
    } = few;
    let group_sql = format!(
        "INSERT INTO groups (id, account_id, name, metadata, created_at, updated_at) \
             VALUES ('{GROUP}', '{account}', 'Few', '{{}}', now(), now())"
    );
    let environment_sql = format!(
        "INSERT INTO environments (id, account_id, name, code, isolation_strategy, created_at, updated_at) \
             VALUES ('{ENVIRONMENT}', '{account}', 'Few', 'few', 'ISOLATED', now(), now())"
    );
    let now = format!("'{}'::timestamptz", w.now().to_rfc3339());
    let users = copies(
        w,
        "users",
        &few.user,
        20_000,
        &[
            ("id", "md5('user-' || n)::uuid"),
            ("email", "'user-' || n || '@acme.example'"),
            ("banned_at", &format!("CASE WHEN {RARE} THEN {now} END")),
            ("created_at", &format!("{now} - n * interval '1 minute'")),
        ],
    )
    .await;
    let licenses = copies(w, "licenses", &few.license.id, 20_000, &[
            ("id", "md5('license-' || n)::uuid"),
            ("key", "'KEY-' || n"),
            ("key_digest", "sha256(convert_to('KEY-' || n, 'UTF8'))"),
            ("product_id", &format!("CASE WHEN {RARE} THEN t.product_id ELSE '{other_product}'::uuid END")),
            ("policy_id", &format!("CASE WHEN {RARE} THEN t.policy_id ELSE '{other_policy}'::uuid END")),
            ("owner_id", "CASE WHEN n % 2 = 0 THEN md5('user-' || (n / 4 % 5000 + 1))::uuid END"),
            ("group_id", &format!("CASE WHEN {RARE} THEN '{GROUP}'::uuid END")),
            ("environment_id", &format!("CASE WHEN n % 991 = 0 THEN '{ENVIRONMENT}'::uuid END")),
            ("suspended", "n % 983 = 0"),
            ("expiry", &format!(
                "CASE WHEN n % 3 > 0 THEN {now} + (n % 977 + 5) * interval '1 day' \
                 WHEN n % 971 = 0 THEN {now} + interval '1 hour' \
                 WHEN n % 967 = 0 THEN {now} - interval '1 hour' END")),
            ("machines_count", "CASE WHEN n % 953 = 0 THEN 3 WHEN n % 947 = 0 THEN 2000 ELSE n % 2 END"),
            ("users_count", "CASE WHEN n % 5 = 0 THEN 1 ELSE 0 END"),
            ("metadata", "jsonb_build_object('customer', 'c-' || n, 'tier', n % 3, 'tags', jsonb_build_array('blue'))"),
            ("last_validated_at", &format!(
                "CASE WHEN n % 941 > 0 THEN {now} - (n % 60 + 2) * interval '1 day' END")),
            ("created_at", &format!("{now} - interval '1 year' - n * interval '1 minute'")),
        ]).await;
    let machines = copies(
        w,
        "machines",
        &few.machine,
        20_000,
        &[
            ("id", "md5('machine-' || n)::uuid"),
            ("license_id", "md5('license-' || n)::uuid"),
            ("fingerprint", "'fingerprint-' || n"),
            (
                "fingerprint_digest",
                "sha256(convert_to('fingerprint-' || n, 'UTF8'))",
            ),
            ("created_at", &format!("{now} - n * interval '1 minute'")),
        ],
    )
    .await;
    let license_users = format!(
        "INSERT INTO license_users (id, account_id, license_id, user_id, created_at, updated_at) \
             SELECT md5('join-' || n)::uuid, '{account}', md5('license-' || n % 20000 + 1)::uuid, \
             md5('user-' || (n + n / 20000) % 5000 + 1)::uuid, {now}, {now} FROM generate_series(1, 39999) n"
    );
    let entitlements = format!(
        "INSERT INTO entitlements (id, account_id, name, code, metadata, created_at, updated_at) \
             SELECT md5('entitlement-' || n)::uuid, '{account}', 'E', 'E-' || n, '{{}}', {now}, {now} \
             FROM generate_series(1, 5000) n"
    );
    vec![
        group_sql,
        environment_sql,
        users,
        licenses,
        machines,
        license_users,
        entitlements,
    ]
}
