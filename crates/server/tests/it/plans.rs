//! No list reads a big table from end to end: PostgreSQL explains every statement that lists send,
//! on tables that are big enough for it to have a choice.

use keystead_store::dialect::Dialect;
use keystead_testkit::{Caller, World};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

/// Rows that make a table big.
const BIG: f64 = 2_000.0;

/// Who asks for a list.
#[derive(Clone, Copy, Debug)]
enum Who {
    Admin,
    Product,
    User,
    License,
    Environment,
}

/// Every list, every filter of it where it lets little through and where it lets much through. A
/// new list, or a new filter, is a new line. What asks for users that have nothing, or for the dead
/// where nobody is, reads until it has found a page, and is not here.
#[rustfmt::skip]
const LISTS: &[(Who, &str)] = &[
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

#[tokio::test]
async fn no_list_reads_a_big_table_from_end_to_end() {
    let w = World::start().await;
    // SQLite explains no costs, and its planner takes an index whenever there is one.
    if w.app().db.dialect() != Dialect::Postgres {
        return;
    }
    let full = Full::make(&w).await;

    let mut slow = Vec::new();
    for (who, path) in LISTS {
        let path = full.fill(path);
        w.app().db.sent().watch();
        w.app().db.sent().take();
        full.caller(*who).get(&path).await.expect(200);
        for statement in w.app().db.sent().take() {
            if !statement.sql.starts_with("SELECT") {
                continue;
            }
            let tables = scanned(&w, &statement).await;
            let big = tables.into_iter().filter(|table| full.is_big(table));
            slow.extend(big.map(|table| {
                format!(
                    "{who:?} {path} reads all of {table}:\n    {}",
                    statement.sql
                )
            }));
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

/// The tables that a statement would read from end to end.
async fn scanned(w: &World, statement: &Statement) -> Vec<String> {
    let explain = Statement {
        sql: format!("EXPLAIN (FORMAT JSON) {}", statement.sql),
        ..statement.clone()
    };
    let row = w.app().db.query_one_raw(explain).await;
    let row = row.expect("the plan is told").expect("a plan");
    let plan: Value = row.try_get_by_index(0).expect("a plan in JSON");
    let mut tables = Vec::new();
    walk(&plan[0]["Plan"], &mut tables);
    tables
}

fn walk(node: &Value, tables: &mut Vec<String>) {
    if node["Node Type"] == "Seq Scan" {
        tables.extend(node["Relation Name"].as_str().map(str::to_owned));
    }
    for child in node["Plans"].as_array().into_iter().flatten() {
        walk(child, tables);
    }
}

/// A world with many of each, of which a few are what a filter looks for.
struct Full {
    admin: Caller,
    product_holder: Caller,
    user_holder: Caller,
    license_holder: Caller,
    environment_holder: Caller,
    names: Vec<(&'static str, String)>,
    big: Vec<String>,
}

impl Full {
    async fn make(w: &World) -> Self {
        let product = w.product().await;
        let policy = w.policy().of(&product).create().await;
        let user = w.user("ann@acme.example").await;
        let license = w.license().of(&policy).owner(&user).create().await;
        let machine = license.activate("laptop").await.expect(201).id();
        let (other_product, group, environment) = (w.product().await, uuid(0x9a), uuid(0x9b));
        let other_policy = w.policy().of(&other_product).create().await;
        let account = w.account();
        let group_sql = format!(
            "INSERT INTO groups (id, account_id, name, metadata, created_at, updated_at) \
             VALUES ('{group}', '{account}', 'Few', '{{}}', now(), now())"
        );
        let environment_sql = format!(
            "INSERT INTO environments (id, account_id, name, code, isolation_strategy, created_at, updated_at) \
             VALUES ('{environment}', '{account}', 'Few', 'few', 'ISOLATED', now(), now())"
        );
        let now = format!("'{}'::timestamptz", w.now().to_rfc3339());
        let few = "n % 997 = 0";
        let users = copies(
            w,
            "users",
            &user,
            5_000,
            &[
                ("id", "md5('user-' || n)::uuid"),
                ("email", "'user-' || n || '@acme.example'"),
                ("banned_at", &format!("CASE WHEN {few} THEN {now} END")),
                ("created_at", &format!("{now} - n * interval '1 minute'")),
            ],
        )
        .await;
        let licenses = copies(w, "licenses", &license.id, 20_000, &[
            ("id", "md5('license-' || n)::uuid"),
            ("key", "'KEY-' || n"),
            ("key_digest", "sha256(convert_to('KEY-' || n, 'UTF8'))"),
            ("product_id", &format!("CASE WHEN {few} THEN t.product_id ELSE '{other_product}'::uuid END")),
            ("policy_id", &format!("CASE WHEN {few} THEN t.policy_id ELSE '{other_policy}'::uuid END")),
            ("owner_id", "CASE WHEN n % 2 = 0 THEN md5('user-' || (n / 4 % 5000 + 1))::uuid END"),
            ("group_id", &format!("CASE WHEN {few} THEN '{group}'::uuid END")),
            ("environment_id", &format!("CASE WHEN n % 991 = 0 THEN '{environment}'::uuid END")),
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
            &machine,
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
        for sql in [
            group_sql,
            entitlements,
            environment_sql,
            users,
            licenses,
            machines,
            license_users,
            "ANALYZE".to_owned(),
        ] {
            let done = w.app().db.execute_unprepared(&sql).await;
            done.unwrap_or_else(|error| panic!("{error}: {sql}"));
        }
        let token = w.product_token(&product).await;
        let admin = w.admin();
        let inside = json!({ "data": { "type": "tokens", "relationships": {
            "environment": { "data": { "type": "environments", "id": environment } },
        } } });
        let inside = admin.post("/tokens", inside).await.expect(201);
        let inside = inside
            .at("/data/attributes/token")
            .as_str()
            .expect("a secret");
        Self {
            product_holder: w.bearer(&token),
            user_holder: w.log_in("ann@acme.example").await,
            license_holder: license.holder.clone(),
            environment_holder: w.bearer(inside).with("keygen-environment", "few"),
            names: vec![
                ("{product}", product),
                ("{policy}", policy),
                ("{user}", user),
                ("{license}", license.id),
                ("{machine}", machine),
                ("{group}", group),
            ],
            big: big(w).await,
            admin,
        }
    }

    fn fill(&self, path: &str) -> String {
        let fill = |path: String, (name, id): &(&str, String)| path.replace(name, id);
        self.names.iter().fold(path.to_owned(), fill)
    }

    fn caller(&self, who: Who) -> &Caller {
        match who {
            Who::Admin => &self.admin,
            Who::Product => &self.product_holder,
            Who::User => &self.user_holder,
            Who::License => &self.license_holder,
            Who::Environment => &self.environment_holder,
        }
    }

    fn is_big(&self, table: &str) -> bool {
        self.big.iter().any(|big| big == table)
    }
}

fn uuid(number: u128) -> String {
    uuid::Uuid::from_u128(number).to_string()
}

/// The statement that copies one row many times, with some columns made anew from `n`.
async fn copies(w: &World, table: &str, id: &str, count: u32, anew: &[(&str, &str)]) -> String {
    let db = &w.app().db;
    let columns = db
        .query_all_raw(db.statement(
            "SELECT column_name::text AS name FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER'",
            [table.into()],
        ))
        .await
        .expect("the catalogue answers");
    let columns: Vec<String> = columns
        .iter()
        .map(|row| row.try_get("", "name").expect("a name"))
        .collect();
    let value = |column: &String| match anew.iter().find(|(name, _)| name == column) {
        Some((_, expression)) => (*expression).to_owned(),
        None => format!("t.{column}"),
    };
    let values: Vec<_> = columns.iter().map(value).collect();
    format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {table} t, generate_series(1, {count}) n \
         WHERE t.id = '{id}'",
        columns.join(", "),
        values.join(", ")
    )
}

async fn big(w: &World) -> Vec<String> {
    let db = &w.app().db;
    let sql = "SELECT relname::text AS name FROM pg_class \
        WHERE relkind = 'r' AND reltuples >= $1::real AND relnamespace = 'public'::regnamespace";
    let rows = db
        .query_all_raw(db.statement(sql, [(BIG as f32).into()]))
        .await
        .expect("the catalogue answers");
    let big: Vec<String> = rows
        .iter()
        .map(|row| row.try_get("", "name").expect("a name"))
        .collect();
    assert!(big.len() >= 4, "the tables are big: {big:?}");
    big
}
