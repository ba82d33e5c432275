//! What becomes of the records of an environment that is deleted.

use sea_orm::ConnectionTrait;

use super::*;

/// Every table that places its rows in environments, but for logs: those outlive all, for as long
/// as they are kept.
async fn placed(w: &World) -> Vec<String> {
    let db = &w.app().db;
    let sql = match db.dialect() {
        keystead_store::dialect::Dialect::Postgres => {
            "SELECT table_name AS name FROM information_schema.columns \
             WHERE column_name = 'environment_id' AND table_schema = 'public'"
        }
        keystead_store::dialect::Dialect::Sqlite => {
            "SELECT m.name AS name FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND c.name = 'environment_id'"
        }
    };
    let rows = db
        .query_all_raw(db.statement(sql, []))
        .await
        .expect("it is there");
    rows.iter()
        .map(|row| row.try_get::<String>("", "name").expect("it is there"))
        .filter(|name| !matches!(name.as_str(), "events" | "webhook_events" | "request_logs"))
        .collect()
}

async fn rows_in_environments(w: &World) -> Vec<(String, i64)> {
    let mut found = Vec::new();
    for table in placed(w).await {
        let db = &w.app().db;
        let sql = format!("SELECT count(*) AS n FROM {table} WHERE environment_id IS NOT NULL");
        let row = db
            .query_one_raw(db.statement(sql, []))
            .await
            .expect("it is there")
            .expect("it is there");
        let count: i64 = row.try_get("", "n").expect("it is there");
        if count > 0 {
            found.push((table, count));
        }
    }
    found
}

#[tokio::test]
async fn a_deleted_environment_is_closed_at_once_and_emptied_soon() {
    let w = World::start().await;
    // A global license, and a machine of it in a shared environment.
    let license = w.license().max_machines(5).create().await;
    let (id, inside) = entered(&w, "staging", "SHARED").await;
    let machine = json!({ "data": {
        "type": "machines",
        "attributes": { "fingerprint": "laptop", "cores": 4 },
        "relationships": { "license": { "data": { "type": "licenses", "id": license.id } } },
    } });
    inside.post("/machines", machine).await.expect(201);
    let product = json!({ "data": { "type": "products", "attributes": { "name": "Editor" } } });
    let product = inside.post("/products", product).await.expect(201).id();
    let tokens = format!("/products/{product}/tokens");
    inside.post(&tokens, json!({})).await.expect(200);
    let group = json!({ "data": { "type": "groups", "attributes": { "name": "Team" } } });
    inside.post("/groups", group).await.expect(201);
    assert!(!rows_in_environments(&w).await.is_empty());

    w.admin()
        .delete(&format!("/environments/{id}"))
        .await
        .expect(204);

    inside.get("/products").await.expect(400);
    w.admin()
        .get(&format!("/environments/{id}"))
        .await
        .expect(404);
    let again = json!({ "name": "Staging", "code": "staging" });
    post(&w, again, json!([])).await.expect(201);

    assert_eq!(w.work_off("chores").await, 1);
    assert_eq!(rows_in_environments(&w).await, []);
    // The global license counts the machine no longer.
    let license = format!("/licenses/{}", license.id);
    let left = w.admin().get(&license).await.expect(200);
    assert_eq!(
        left.at("/data/relationships/machines/meta/count"),
        &json!(0),
        "{}",
        left.text
    );
}

#[tokio::test]
async fn an_environment_is_emptied_however_much_is_in_it() {
    let w = World::start().await;
    let (id, inside) = entered(&w, "staging", "ISOLATED").await;
    for n in 0..3 {
        let body = json!({ "data": { "type": "entitlements", "attributes": {
            "name": format!("Right {n}"), "code": format!("RIGHT_{n}"),
        } } });
        inside.post("/entitlements", body).await.expect(201);
    }
    w.admin().delete("/environments/staging").await.expect(204);

    // Called twice, as a job that was stopped would be.
    let environment = id.parse().expect("it is there");
    keystead_app::environments::empty(w.app(), environment)
        .await
        .expect("it is there");
    keystead_app::environments::empty(w.app(), environment)
        .await
        .expect("it is there");

    assert_eq!(rows_in_environments(&w).await, []);
    w.admin()
        .post(
            "/environments",
            json!({ "data": { "type": "environments", "attributes": {
        "name": "Staging", "code": "staging",
    } } }),
        )
        .await
        .expect(201);
}
