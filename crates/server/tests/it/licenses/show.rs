//! Licenses, as clients see them: show.

use keystead_testkit::World;
use serde_json::json;

use super::license;

#[tokio::test]
async fn a_license_is_found_by_id_and_by_exact_key() {
    let w = World::start().await;
    let policy = w.policy().create().await;
    let made = w
        .license()
        .of(&policy)
        .with("key", "Abc.def-123")
        .create()
        .await;

    for name in [
        made.id.as_str(),
        &made.id.replace('-', "").to_uppercase(),
        "Abc.def-123",
    ] {
        let shown = w
            .admin()
            .get(&format!("/licenses/{name}"))
            .await
            .expect(200);
        assert_eq!(shown.id(), made.id, "{name}");
    }
    let answer = w.admin().get("/licenses/abc.def-123").await.expect(404);
    assert_eq!(
        answer.detail(),
        "The requested license 'abc.def-123' was not found"
    );
    assert_eq!(answer.code(), "NOT_FOUND");
}

#[tokio::test]
async fn each_bearer_sees_its_own() {
    let w = World::start().await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let ann = w.user("ann@acme.example").await;
    let mine = w.license().of(&policy).owner(&ann).create().await;
    let other = w.license().create().await;
    let product_token = w.product_token(&product).await;
    let bearers = [
        w.bearer(&product_token),
        w.log_in("ann@acme.example").await,
        mine.holder,
    ];

    for bearer in bearers {
        bearer
            .get(&format!("/licenses/{}", mine.id))
            .await
            .expect(200);
        bearer
            .get(&format!("/licenses/{}", other.id))
            .await
            .expect(404);
    }
    w.anyone()
        .get(&format!("/licenses/{}", mine.id))
        .await
        .expect(401);
}

#[tokio::test]
async fn a_license_permits_what_its_owner_permits_too() {
    let w = World::start().await;
    let policy = w.policy().create().await;
    let ann = w.user("ann@acme.example").await;
    let mut body = license(
        &policy,
        json!({ "permissions": ["license.read", "user.read"] }),
    );
    body["data"]["relationships"]["owner"] = json!({ "data": { "type": "users", "id": ann } });

    let made = w.admin().post("/licenses", body).await.expect(201);
    assert_eq!(
        made.at("/data/attributes/permissions"),
        &json!(["license.read", "user.read"])
    );
}
