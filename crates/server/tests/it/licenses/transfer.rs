//! Licenses, as clients see them: moved to another policy, or into a group.

use keystead_testkit::World;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

const UNKNOWN: &str = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";

fn link(noun: &str, id: &str) -> Value {
    json!({ "data": { "type": noun, "id": id } })
}

#[tokio::test]
async fn a_license_moves_with_what_it_has_to_a_policy_of_another_product() {
    let w = World::start().await;
    let license = w
        .license()
        .with("maxUses", 7)
        .with("expiry", "2030-01-01T00:00:00Z")
        .create()
        .await;
    let machine = license.activate("laptop").await.expect(201).id();
    let product = w.product().await;
    let policy = w.policy().of(&product).with("maxUses", 9).create().await;
    let path = format!("/licenses/{}/policy", license.id);

    let moved = w
        .admin()
        .put(&path, link("policies", &policy))
        .await
        .expect(200);

    assert_eq!(
        moved.at("/data/relationships/policy/data/id"),
        policy.as_str()
    );
    assert_eq!(
        moved.at("/data/relationships/product/data/id"),
        product.as_str()
    );
    assert_eq!(moved.at("/data/attributes/maxUses"), 7);
    assert_eq!(moved.at("/data/attributes/key"), license.key.as_str());
    assert_eq!(
        moved.at("/data/attributes/expiry"),
        "2030-01-01T00:00:00.000Z"
    );
    let machine = w.admin().get(&format!("/machines/{machine}/product")).await;
    assert_eq!(machine.at("/data/id"), product.as_str());
}

#[tokio::test]
async fn the_new_policy_may_reset_the_expiry() {
    let w = World::start().await;
    let license = w
        .license()
        .with("expiry", "2030-01-01T00:00:00Z")
        .create()
        .await;
    let path = format!("/licenses/{}/policy", license.id);
    let month = 2_629_746;
    let with_duration = w
        .policy()
        .with("duration", month)
        .with("transferStrategy", "RESET_EXPIRY")
        .create()
        .await;
    let without = w
        .policy()
        .with("transferStrategy", "RESET_EXPIRY")
        .create()
        .await;

    let moved = w
        .admin()
        .put(&path, link("policies", &with_duration))
        .await
        .expect(200);
    let in_a_month = w.now() + chrono::Months::new(1);
    let expected = in_a_month.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    assert_eq!(moved.at("/data/attributes/expiry"), expected.as_str());
    let moved = w
        .admin()
        .put(&path, link("policies", &without))
        .await
        .expect(200);
    assert_eq!(moved.at("/data/attributes/expiry"), &Value::Null);
}

#[tokio::test]
async fn a_policy_that_keys_or_machines_can_not_live_under_is_refused() {
    let w = World::start().await;
    let license = w.license().create().await;
    let path = format!("/licenses/{}/policy", license.id);
    let signed = w.policy().with("scheme", "ED25519_SIGN").create().await;
    let stricter = w
        .policy()
        .with("machineUniquenessStrategy", "UNIQUE_PER_ACCOUNT")
        .create()
        .await;
    #[rustfmt::skip]
    let table = [
        (signed.as_str(),   "POLICY_NOT_COMPATIBLE", "cannot change to a policy with a different scheme"),
        (stricter.as_str(), "POLICY_NOT_COMPATIBLE", "cannot change to a policy with a more strict machine uniqueness strategy"),
        (UNKNOWN,           "POLICY_NOT_FOUND",      "must exist"),
    ];
    for (policy, code, detail) in table {
        let refused = w
            .admin()
            .put(&path, link("policies", policy))
            .await
            .expect(422);
        assert_eq!((refused.code(), refused.detail()), (code, detail));
        assert_eq!(refused.pointer(), "/data/relationships/policy");
    }
    let product = w.product().await;
    let own = w.policy().of(&product).create().await;
    let mine = w.license().of(&own).create().await;
    let vendor = w.bearer(&w.product_token(&product).await);
    let path = format!("/licenses/{}/policy", mine.id);
    for policy in [signed.as_str(), UNKNOWN] {
        vendor
            .put(&path, link("policies", policy))
            .await
            .expect(403);
    }
}

#[tokio::test]
async fn machines_are_looked_at_when_the_new_policy_says() {
    let w = World::start().await;
    let license = w
        .license()
        .policy("requireHeartbeat", true)
        .policy("heartbeatDuration", 86_400)
        .create()
        .await;
    let machine = license.activate("laptop").await.expect(201).id();
    let ping = format!("/machines/{machine}/actions/ping");
    license.holder.post(&ping, json!({})).await.expect(200);
    let shorter = w
        .policy()
        .with("requireHeartbeat", true)
        .with("heartbeatDuration", 60)
        .with("heartbeatCullStrategy", "DEACTIVATE_DEAD")
        .create()
        .await;

    let path = format!("/licenses/{}/policy", license.id);
    w.admin()
        .put(&path, link("policies", &shorter))
        .await
        .expect(200);
    assert_eq!(w.work_off("chores").await, 1);

    w.advance(chrono::TimeDelta::minutes(5));
    keystead_app::heartbeats::sweep(w.app(), w.now())
        .await
        .expect("a sweep");
    w.admin()
        .get(&format!("/machines/{machine}"))
        .await
        .expect(404);
}

/// A group with room for so many licenses; nothing makes one yet.
async fn group(w: &World, max_licenses: i64) -> String {
    let id = uuid::Uuid::from_u128(0x7_0000);
    let account: uuid::Uuid = w.account().parse().expect("an id");
    let db = &w.app().db;
    db.execute_raw(db.statement(
        "INSERT INTO groups (id, account_id, name, max_licenses, metadata, created_at, updated_at) \
         VALUES ($1, $2, 'Office', $3, $4, $5, $5)",
        [
            id.into(),
            account.into(),
            max_licenses.into(),
            json!({}).into(),
            w.now().into(),
        ],
    ))
    .await
    .expect("the row is inserted");
    id.to_string()
}

#[tokio::test]
async fn a_group_takes_licenses_until_it_is_full() {
    let w = World::start().await;
    let office = group(&w, 1).await;
    let (first, second) = (w.license().create().await, w.license().create().await);
    let path = |license: &str| format!("/licenses/{license}/group");

    let joined = w
        .admin()
        .put(&path(&first.id), link("groups", &office))
        .await
        .expect(200);
    assert_eq!(
        joined.at("/data/relationships/group/data/id"),
        office.as_str()
    );
    // Who is there already takes no further place.
    w.admin()
        .put(&path(&first.id), link("groups", &office))
        .await
        .expect(200);
    let full = w
        .admin()
        .put(&path(&second.id), link("groups", &office))
        .await
        .expect(422);
    assert_eq!(full.code(), "GROUP_LICENSE_LIMIT_EXCEEDED");
    assert_eq!(
        full.detail(),
        "license count has exceeded maximum allowed by current group (1)"
    );
    let unknown = w
        .admin()
        .put(&path(&second.id), link("groups", UNKNOWN))
        .await
        .expect(422);
    assert_eq!(unknown.code(), "GROUP_NOT_FOUND");

    let left = w
        .admin()
        .put(&path(&first.id), json!({ "data": null }))
        .await
        .expect(200);
    assert_eq!(left.at("/data/relationships/group/data"), &Value::Null);
    w.admin()
        .put(&path(&second.id), link("groups", &office))
        .await
        .expect(200);
}
