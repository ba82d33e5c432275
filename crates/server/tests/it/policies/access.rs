//! Policies, as clients see them: access.

use keystead_testkit::World;
use serde_json::json;

use super::{change, policy};
use crate::users::staff;

#[tokio::test]
async fn each_role_does_what_the_matrix_says() {
    let w = World::start().await;
    let product = w.product().await;
    let shown = format!("/policies/{}", w.policy().create().await);

    #[rustfmt::skip]
    let table = [
        // role,          list, show, create, update, delete
        ("developer",     [200, 200, 201, 200, 204]),
        ("sales-agent",   [200, 200, 201, 200, 403]),
        ("support-agent", [200, 200, 403, 403, 403]),
        ("read-only",     [200, 200, 403, 403, 403]),
    ];
    for (role, expected) in table {
        let target = format!("/policies/{}", w.policy().create().await);
        let caller = staff(&w, role).await;
        let answers = [
            caller.get("/policies").await.status,
            caller.get(&shown).await.status,
            caller
                .post("/policies", policy(&product, json!({ "name": "A" })))
                .await
                .status,
            caller
                .patch(&target, change(json!({ "name": "A" })))
                .await
                .status,
            caller.delete(&target).await.status,
        ];
        assert_eq!(answers, expected, "{role}");
    }
    let anyone = w.anyone();
    assert_eq!(
        anyone.get("/policies").await.expect(401).code(),
        "TOKEN_MISSING"
    );
    assert_eq!(
        anyone.get("/policies/nope").await.expect(401).code(),
        "TOKEN_MISSING"
    );
    assert_eq!(
        anyone.post("/policies", json!({})).await.expect(401).code(),
        "TOKEN_MISSING"
    );
}

#[tokio::test]
async fn a_product_manages_its_own_policies_and_sees_no_others() {
    let w = World::start().await;
    let (product, other) = (w.product().await, w.product().await);
    let foreign = format!("/policies/{}", w.policy().of(&other).create().await);
    let caller = w.bearer(&w.product_token(&product).await);

    let made = caller
        .post("/policies", policy(&product, json!({ "name": "A" })))
        .await
        .expect(201);
    let mine = format!("/policies/{}", made.id());
    caller
        .patch(&mine, change(json!({ "name": "B" })))
        .await
        .expect(200);
    let list = caller.get("/policies").await.expect(200);
    assert_eq!(list.at("/data").as_array().unwrap().len(), 1);
    caller.get(&format!("{mine}/product")).await.expect(200);
    caller.get(&foreign).await.expect(404);
    caller.delete(&foreign).await.expect(404);
    caller
        .post("/policies", policy(&other, json!({ "name": "A" })))
        .await
        .expect(403);
    // Whether a product exists is nothing that another product learns.
    let unknown = "5f6c1a52-6f5e-4a0c-9d4e-2f1f7a0f3b11";
    caller
        .post("/policies", policy(unknown, json!({ "name": "A" })))
        .await
        .expect(403);
    caller.delete(&mine).await.expect(204);
}

#[tokio::test]
async fn holders_see_the_policies_of_their_licenses_and_change_none() {
    let w = World::start().await;
    let mine = w.policy().create().await;
    let foreign = w.policy().create().await;
    let ada = w.user("ada@example.com").await;
    let user = w.log_in("ada@example.com").await;
    let reads = json!(["policy.read", "license.read", "user.read", "product.read"]);
    let body = json!({ "data": { "type": "users", "attributes": { "permissions": reads } } });
    w.admin()
        .patch(&format!("/users/{ada}"), body)
        .await
        .expect(200);
    let license = w
        .license()
        .of(&mine)
        .owner(&ada)
        .with("permissions", reads)
        .create()
        .await;

    for caller in [license.holder, user] {
        let list = caller.get("/policies").await.expect(200);
        assert_eq!(list.at("/data").as_array().unwrap().len(), 1);
        caller.get(&format!("/policies/{mine}")).await.expect(200);
        caller
            .get(&format!("/policies/{foreign}"))
            .await
            .expect(404);
        caller
            .get(&format!("/policies/{mine}/product"))
            .await
            .expect(403);
        caller
            .patch(&format!("/policies/{mine}"), change(json!({ "name": "B" })))
            .await
            .expect(403);
    }
}
