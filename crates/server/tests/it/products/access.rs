//! Products, as clients see them: access.

use keystead_testkit::World;
use serde_json::json;

use super::{made, product};
use crate::users::staff;

#[tokio::test]
async fn strangers_are_told_to_authenticate_before_anything_else() {
    let w = World::start().await;
    let anyone = w.anyone();

    for answer in [
        anyone.get("/products").await,
        anyone.get("/products?limit=0").await,
        anyone.get("/products/nope").await,
        anyone.post("/products", json!({ "nonsense": true })).await,
        anyone.patch("/products/nope", json!({})).await,
        anyone.delete("/products/nope").await,
        anyone.get("/products/nope/policies").await,
    ] {
        assert_eq!((answer.status, answer.code()), (401, "TOKEN_MISSING"));
    }
}

#[tokio::test]
async fn each_role_does_what_the_matrix_says() {
    let w = World::start().await;
    let path = format!("/products/{}", w.product().await);

    #[rustfmt::skip]
    let table = [
        // role,          list, show, create, update, delete
        ("developer",     [200, 200, 201, 200, 204]),
        ("sales-agent",   [200, 200, 403, 403, 403]),
        ("support-agent", [200, 200, 403, 403, 403]),
        ("read-only",     [200, 200, 403, 403, 403]),
    ];
    for (role, expected) in table {
        let target = format!("/products/{}", w.product().await);
        let caller = staff(&w, role).await;
        let answers = [
            caller.get("/products").await.status,
            caller.get(&path).await.status,
            caller
                .post("/products", product(json!({ "name": "A" })))
                .await
                .status,
            caller
                .patch(&target, product(json!({ "name": "A" })))
                .await
                .status,
            caller.delete(&target).await.status,
        ];
        assert_eq!(answers, expected, "{role}");
    }
}

#[tokio::test]
async fn a_product_sees_and_changes_itself_alone() {
    let w = World::start().await;
    let mine = w.product().await;
    let other = w.product().await;
    let caller = w.bearer(&w.product_token(&mine).await);

    let (mine, other) = (format!("/products/{mine}"), format!("/products/{other}"));
    caller.get("/products").await.expect(403);
    caller.get(&mine).await.expect(200);
    caller.get(&other).await.expect(404);
    caller
        .patch(&mine, product(json!({ "name": "Mine" })))
        .await
        .expect(200);
    caller
        .patch(&other, product(json!({ "name": "Mine" })))
        .await
        .expect(404);
    caller.delete(&mine).await.expect(403);
    caller
        .post("/products", product(json!({ "name": "More" })))
        .await
        .expect(403);
    caller
        .post(&format!("{mine}/tokens"), json!({}))
        .await
        .expect(403);

    let permissions = product(json!({ "permissions": ["license.read"] }));
    let refused = caller.patch(&mine, permissions).await.expect(400);
    assert_eq!(
        (refused.pointer(), refused.detail()),
        ("/data/attributes/permissions", "unpermitted parameter")
    );
}

#[tokio::test]
async fn users_and_licenses_see_open_products_and_those_they_hold_a_license_of() {
    let w = World::start().await;
    let reads = json!([
        "product.read",
        "license.read",
        "license.validate",
        "user.read"
    ]);
    let open = made(
        &w,
        json!({ "name": "Open", "distributionStrategy": "OPEN" }),
    )
    .await
    .id();
    let licensed = made(&w, json!({ "name": "Licensed" })).await.id();
    let foreign = made(&w, json!({ "name": "Foreign" })).await.id();
    let ada = w.user("ada@example.com").await;
    let caller = w.log_in("ada@example.com").await;
    let permissions =
        json!({ "data": { "type": "users", "attributes": { "permissions": reads } } });
    w.admin()
        .patch(&format!("/users/{ada}"), permissions)
        .await
        .expect(200);
    let policy = w.policy().of(&licensed).create().await;
    let license = w
        .license()
        .of(&policy)
        .owner(&ada)
        .with("permissions", reads)
        .create()
        .await;

    for caller in [&caller, &license.holder] {
        let list = caller.get("/products").await.expect(200);
        let mut ids: Vec<_> = list
            .at("/data")
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].clone())
            .collect();
        ids.sort_by_key(ToString::to_string);
        assert_eq!(ids, [open.as_str(), licensed.as_str()]);
        caller
            .get(&format!("/products/{licensed}"))
            .await
            .expect(200);
        caller
            .get(&format!("/products/{foreign}"))
            .await
            .expect(404);
        caller
            .get(&format!("/products/{licensed}/policies"))
            .await
            .expect(403);
        caller
            .delete(&format!("/products/{licensed}"))
            .await
            .expect(403);
    }

    let closed = product(json!({ "distributionStrategy": "CLOSED" }));
    w.admin()
        .patch(&format!("/products/{licensed}"), closed)
        .await
        .expect(200);
    caller.get("/products").await.expect(403);
    caller
        .get(&format!("/products/{licensed}"))
        .await
        .expect(403);
}

#[tokio::test]
async fn without_the_permission_the_reason_names_who_lacks_it() {
    let w = World::start().await;
    let license = w.license().create().await;

    let refused = license.holder.get("/products").await.expect(403);

    assert_eq!(refused.at("/errors/0/title"), "Access denied");
    assert_eq!(
        refused.detail(),
        "You do not have permission to complete the request \
         (license lacks permission to perform action)"
    );
}

#[tokio::test]
async fn a_token_never_reaches_further_than_its_own_permissions() {
    let w = World::start().await;
    let path = format!("/products/{}", w.product().await);
    let body =
        json!({ "data": { "type": "tokens", "attributes": { "permissions": ["product.read"] } } });
    let token = w.admin().post("/tokens", body).await.expect(201);
    let reader = w.bearer(token.at("/data/attributes/token").as_str().unwrap());

    reader.get(&path).await.expect(200);
    let refused = reader.delete(&path).await.expect(403);

    assert!(
        refused
            .detail()
            .contains("token lacks permission to perform action")
    );
}

#[tokio::test]
async fn creation_reads_the_body_first_and_a_change_asks_for_permission_first() {
    let w = World::start().await;
    let path = format!("/products/{}", w.product().await);
    let support = staff(&w, "support-agent").await;
    let nonsense = json!({ "data": { "type": "products", "attributes": { "nonsense": 1 } } });

    support
        .post("/products", nonsense.clone())
        .await
        .expect(400);
    support.patch(&path, nonsense).await.expect(403);
    let unknown = product(json!({ "name": "A", "url": "nowhere" }));
    support.post("/products", unknown).await.expect(403);
}
