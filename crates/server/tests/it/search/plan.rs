//! How the database finds what a search finds: by an index, never by reading every row.

use keystead_domain::access::{Environment, Scope};
use keystead_domain::search::{Field, Relation, Search, Subject, Term, Wanted};
use keystead_store::dialect::Dialect;
use keystead_store::entities::license;
use keystead_store::search::matching;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, QueryTrait};

use super::*;

/// Enough rows that reading them all is not what a planner would rather do.
const LICENSES: u32 = 20_000;

/// Copies a license many times, under other ids, keys and names.
async fn many(w: &World) {
    w.license()
        .with("name", "Template")
        .with("metadata", json!({ "customerId": "c-0" }))
        .create()
        .await;
    let db = &w.app().db;
    let columns = [
        "account_id",
        "environment_id",
        "product_id",
        "policy_id",
        "owner_id",
        "group_id",
        "expiry",
        "suspended",
        "protected",
        "uses",
        "version",
        "max_machines",
        "max_processes",
        "max_users",
        "max_cores",
        "max_memory",
        "max_disk",
        "max_uses",
        "permissions",
        "machines_count",
        "machines_cores",
        "machines_memory",
        "machines_disk",
        "users_count",
        "last_validated_at",
        "last_check_in_at",
        "last_check_out_at",
        "created_at",
        "updated_at",
    ]
    .join(", ");
    let (series, id, digest, metadata) = match db.dialect() {
        Dialect::Postgres => (
            format!("generate_series(1, {LICENSES}) AS s(n)"),
            "md5(n::text)::uuid",
            "sha256(convert_to(n::text, 'UTF8'))",
            "jsonb_build_object('customer_id', 'c-' || n)",
        ),
        Dialect::Sqlite => (
            format!(
                "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {LICENSES}) \
                 SELECT n FROM s)"
            ),
            "unhex(printf('%032x', n))",
            "unhex(printf('%064x', n))",
            "json_object('customer_id', 'c-' || n)",
        ),
    };
    let sql = format!(
        "INSERT INTO licenses (id, key, key_digest, name, metadata, {columns}) \
         SELECT {id}, 'key-' || n, {digest}, 'Customer ' || n, {metadata}, {columns} \
         FROM licenses, {series} WHERE licenses.name = 'Template'"
    );
    db.execute_unprepared(&sql).await.expect("it is there");
    db.execute_unprepared("ANALYZE").await.expect("it is there");
}

async fn plan(w: &World, field: Field, wanted: Wanted) -> String {
    let db = &w.app().db;
    let scope = Scope::existing(
        w.account().parse().expect("it is there"),
        Environment::Global,
    );
    let search = Search {
        subject: Subject::Licenses,
        any: false,
        terms: vec![Term { field, wanted }],
    };
    let statement = matching::<license::Entity>(db.dialect(), &scope, &search)
        .order_by_desc(license::Column::CreatedAt)
        .order_by_desc(license::Column::Id)
        .limit(10)
        .build(db.dialect().backend());
    let (explain, column) = match db.dialect() {
        Dialect::Postgres => ("EXPLAIN", "QUERY PLAN"),
        Dialect::Sqlite => ("EXPLAIN QUERY PLAN", "detail"),
    };
    let sql = format!("{explain} {}", statement.sql);
    let values = statement.values.map(|values| values.0).unwrap_or_default();
    let rows = db
        .query_all_raw(db.statement(sql, values))
        .await
        .expect("it is there");
    let lines: Vec<String> = rows
        .iter()
        .map(|row| row.try_get("", column).expect("it is there"))
        .collect();
    lines.join("\n")
}

#[tokio::test]
async fn every_search_of_many_licenses_has_its_index() {
    let w = World::start().await;
    many(&w).await;
    let text = |text: &str| Wanted::Text(text.to_owned());
    let postgres = w.app().db.dialect() == Dialect::Postgres;

    #[rustfmt::skip]
    let table = [
        //                                                                             PostgreSQL            SQLite
        (Field::Part("name"),            text("tomer 19999"),                          "licenses_search",    "search_licenses VIRTUAL TABLE INDEX"),
        (Field::Id,                      text("fffffffff"),                            "licenses_search",    "search_licenses VIRTUAL TABLE INDEX"),
        (Field::Key,                     Wanted::Digest([7; 32]),                      "licenses_key",       "licenses_key"),
        (Field::Metadata,                Wanted::Members(vec![("customer_id".to_owned(), json!("c-19999"))]),
                                                                                       "_metadata",          "search_licenses VIRTUAL TABLE INDEX"),
        (Field::Of(Relation::Owner),     text("@example.com"),                         "using licenses_",    "licenses USING INDEX licenses_"),
    ];
    for (field, wanted, on_postgres, on_sqlite) in table {
        let told = plan(&w, field, wanted).await;
        let index = if postgres { on_postgres } else { on_sqlite };
        assert!(told.contains(index), "{field:?} without {index}:\n{told}");
        assert!(!told.contains("Seq Scan on licenses"), "{told}");
        assert!(
            !told.contains("SCAN licenses\n") && !told.ends_with("SCAN licenses"),
            "{told}"
        );
    }

    let found = found(&w, "licenses", json!({ "name": "tomer 19999" })).await;
    assert_eq!(found.len(), 1);
}
