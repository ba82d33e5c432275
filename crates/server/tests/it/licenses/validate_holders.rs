//! Licenses, as clients see them: validate holders.

use keystead_testkit::{License, World};
use sea_orm::{ConnectionTrait, Value as Cell};
use serde_json::{Value, json};
use uuid::Uuid;

use super::key;

async fn code(w: &World, made: &License, scope: Value) -> String {
    let body = key(&made.key, scope);
    let answer = w
        .anyone()
        .post("/licenses/actions/validate-key", body)
        .await
        .expect(200);
    answer
        .at("/meta/code")
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn id(text: &str) -> Uuid {
    text.parse().expect("an id")
}

/// Inserts a row that no operation makes yet.
async fn insert(w: &World, table: &str, columns: &str, cells: Vec<Cell>) {
    let holes: Vec<_> = (1..=cells.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "INSERT INTO {table} ({columns}) VALUES ({})",
        holes.join(", ")
    );
    let db = &w.app().db;
    db.execute_raw(db.statement(sql, cells))
        .await
        .expect("the row is inserted");
}

async fn entitle(w: &World, code: &str, join: &str, holder: &str) {
    let entitlement = w.app().ids.next::<Uuid>();
    let (account, now) = (id(w.account()), w.now());
    insert(
        w,
        "entitlements",
        "id, account_id, name, code, metadata, created_at, updated_at",
        vec![
            entitlement.into(),
            account.into(),
            code.into(),
            code.into(),
            json!({}).into(),
            now.into(),
            now.into(),
        ],
    )
    .await;
    let columns = format!("id, account_id, {join}_id, entitlement_id, created_at, updated_at");
    let cells = vec![
        w.app().ids.next::<Uuid>().into(),
        account.into(),
        id(holder).into(),
        entitlement.into(),
        now.into(),
        now.into(),
    ];
    insert(w, &format!("{join}_entitlements"), &columns, cells).await;
}

async fn attach(w: &World, license: &str, user: &str) {
    let cells = vec![
        w.app().ids.next::<Uuid>().into(),
        id(w.account()).into(),
        id(license).into(),
        id(user).into(),
        w.now().into(),
        w.now().into(),
    ];
    let columns = "id, account_id, license_id, user_id, created_at, updated_at";
    insert(w, "license_users", columns, cells).await;
}

#[tokio::test]
async fn entitlements_are_held_by_the_license_or_its_policy_by_exact_code() {
    let w = World::start().await;
    let policy = w.policy().create().await;
    let made = w.license().of(&policy).create().await;
    let other = w.license().of(&policy).create().await;
    entitle(&w, "EXPORT", "policy", &policy).await;
    entitle(&w, "IMPORT", "license", &made.id).await;

    #[rustfmt::skip]
    let table = [
        (json!(["EXPORT"]),                     "VALID", "VALID"),
        (json!(["EXPORT", "EXPORT"]),           "VALID", "VALID"),
        (json!(["EXPORT", "IMPORT"]),           "VALID", "ENTITLEMENTS_MISSING"),
        (json!(["export"]),                     "ENTITLEMENTS_MISSING", "ENTITLEMENTS_MISSING"),
        (json!(["EXPORT", "IMPORT", "PRINT"]),  "ENTITLEMENTS_MISSING", "ENTITLEMENTS_MISSING"),
    ];
    for (codes, of_made, of_other) in table {
        let scope = json!({ "entitlements": codes });
        assert_eq!(code(&w, &made, scope.clone()).await, of_made, "{codes}");
        assert_eq!(code(&w, &other, scope).await, of_other, "{codes}");
    }
}

#[tokio::test]
async fn an_attached_user_holds_the_license_as_its_owner_does() {
    let w = World::start().await;
    let made = w.license().create().await;
    let other = w.license().create().await;
    let ann = w.user("ann@acme.example").await;
    attach(&w, &made.id, &ann).await;
    let caller = w.log_in("ann@acme.example").await;

    for user in [ann.as_str(), "ann@acme.example"] {
        assert_eq!(code(&w, &made, json!({ "user": user })).await, "VALID");
        assert_eq!(
            code(&w, &other, json!({ "user": user })).await,
            "USER_SCOPE_MISMATCH"
        );
    }
    let path = "/licenses/actions/validate-key";
    caller
        .post(path, key(&made.key, Value::Null))
        .await
        .expect(200);
    caller
        .post(path, key(&other.key, Value::Null))
        .await
        .expect(403);
    let seen = caller.get("/licenses").await.expect(200);
    assert_eq!(seen.at("/data/0/id"), &json!(made.id));
    assert_eq!(seen.at("/data/1"), &Value::Null);
    caller
        .get(&format!("/licenses/{}", made.id))
        .await
        .expect(200);
    caller
        .delete(&format!("/licenses/{}", made.id))
        .await
        .expect(403);
}

#[tokio::test]
async fn a_banned_owner_bans_the_license() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let made = w.license().owner(&ann).create().await;
    w.admin()
        .post(&format!("/users/{ann}/actions/ban"), json!({}))
        .await
        .expect(200);

    assert_eq!(code(&w, &made, Value::Null).await, "BANNED");
    let shown = w
        .admin()
        .get(&format!("/licenses/{}", made.id))
        .await
        .expect(200);
    assert_eq!(shown.at("/data/attributes/status"), "BANNED");
    let quick = w
        .admin()
        .get(&format!("/licenses/{}/actions/validate", made.id))
        .await;
    assert_eq!(quick.at("/meta/code"), "BANNED");
    let path = "/licenses/actions/validate-key";
    let refused = made
        .holder
        .post(path, key(&made.key, Value::Null))
        .await
        .expect(403);
    assert_eq!(refused.code(), "LICENSE_BANNED");
}
