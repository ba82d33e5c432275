//! No list reads a big table from end to end: PostgreSQL explains every statement that lists send,
//! on tables that are big enough for it to have a choice. A new list, or a new filter of one, is a
//! new line in its family.

mod distribution;
mod licensing;
mod telling;

use keystead_store::dialect::Dialect;
use keystead_testkit::{Caller, License, World};
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
    Stranger,
    /// An administrator with a client of API 1.0.
    OldClient,
}

/// A list, and who asks for it.
type List = (Who, &'static str);

#[tokio::test]
async fn no_list_of_what_is_licensed_reads_a_big_table_from_end_to_end() {
    explain(licensing::LISTS).await;
}

#[tokio::test]
async fn no_list_of_what_is_distributed_reads_a_big_table_from_end_to_end() {
    explain(distribution::LISTS).await;
}

#[tokio::test]
async fn no_list_of_what_is_told_reads_a_big_table_from_end_to_end() {
    explain(telling::LISTS).await;
}

async fn explain(lists: &[List]) {
    let w = World::start().await;
    // SQLite explains no costs, and its planner takes an index whenever there is one.
    if w.app().db.dialect() != Dialect::Postgres {
        return;
    }
    let full = Full::make(&w).await;

    let mut slow = Vec::new();
    for (who, path) in lists {
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
    let explained = Statement {
        sql: format!("EXPLAIN (FORMAT JSON) {}", statement.sql),
        ..statement.clone()
    };
    let row = w.app().db.query_one_raw(explained).await;
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
    stranger: Caller,
    old_client: Caller,
    names: Vec<(&'static str, String)>,
    big: Vec<String>,
}

/// Which of many are what a filter looks for.
const RARE: &str = "n % 997 = 0";
const GROUP: &str = "00000000-0000-0000-0000-00000000009a";
const ENVIRONMENT: &str = "00000000-0000-0000-0000-00000000009b";

/// What the many are like, and what most of them are of.
struct Few {
    product: String,
    policy: String,
    user: String,
    license: License,
    machine: String,
    other_product: String,
    other_policy: String,
    /// What strangers may have, too.
    open_product: String,
}

impl Few {
    async fn make(w: &World) -> Self {
        let product = w.product().await;
        let policy = w.policy().of(&product).create().await;
        let user = w.user("ann@acme.example").await;
        let license = w.license().of(&policy).owner(&user).create().await;
        let machine = license.activate("laptop").await.expect(201).id();
        let other_product = w.product().await;
        let open = json!({ "data": {
            "type": "products",
            "attributes": { "name": "Open", "distributionStrategy": "OPEN" },
        } });
        Self {
            other_policy: w.policy().of(&other_product).create().await,
            open_product: w.admin().post("/products", open).await.expect(201).id(),
            product,
            policy,
            user,
            license,
            machine,
            other_product,
        }
    }
}

impl Full {
    async fn make(w: &World) -> Self {
        let few = Few::make(w).await;
        let script = [
            licensing::rows(w, &few).await,
            distribution::rows(w, &few),
            telling::rows(w, &few),
        ];
        for sql in script.concat().into_iter().chain(["ANALYZE".to_owned()]) {
            let done = w.app().db.execute_unprepared(&sql).await;
            done.unwrap_or_else(|error| panic!("{error}: {sql}"));
        }
        let token = w.product_token(&few.product).await;
        let admin = w.admin();
        let inside = json!({ "data": { "type": "tokens", "relationships": {
            "environment": { "data": { "type": "environments", "id": ENVIRONMENT } },
        } } });
        let inside = admin.post("/tokens", inside).await.expect(201);
        let inside = inside
            .at("/data/attributes/token")
            .as_str()
            .expect("a secret");
        Self {
            product_holder: w.bearer(&token),
            user_holder: w.log_in("ann@acme.example").await,
            license_holder: few.license.holder.clone(),
            environment_holder: w.bearer(inside).with("keygen-environment", "few"),
            stranger: w.anyone(),
            old_client: admin.with("keygen-version", "1.0"),
            names: vec![
                ("{product}", few.product),
                ("{policy}", few.policy),
                ("{user}", few.user),
                ("{license}", few.license.id),
                ("{machine}", few.machine),
                ("{group}", GROUP.to_owned()),
                ("{release}", id_of(w, "release-997").await),
                ("{package}", id_of(w, "package-77").await),
                ("{artifact}", id_of(w, "artifact-77").await),
                ("{endpoint}", id_of(w, "endpoint-77").await),
                ("{delivery}", id_of(w, "delivery-77").await),
                ("{event}", id_of(w, "event-77").await),
                ("{request}", id_of(w, "request-77").await),
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
            Who::Stranger => &self.stranger,
            Who::OldClient => &self.old_client,
        }
    }

    fn is_big(&self, table: &str) -> bool {
        self.big.iter().any(|big| big == table)
    }
}

/// The id of one of many, e.g. of `release-77`.
async fn id_of(w: &World, name: &str) -> String {
    let db = &w.app().db;
    let asked = db.statement("SELECT md5($1)::uuid::text AS id", [name.into()]);
    let row = db.query_one_raw(asked).await.expect("the database answers");
    row.expect("a row").try_get("", "id").expect("an id")
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
    assert!(big.len() >= 13, "the tables are big: {big:?}");
    big
}
