//! Users, as clients see them: access.

use keystead_testkit::World;
use serde_json::json;

use super::{staff, user};

#[tokio::test]
async fn each_role_does_what_the_matrix_says() {
    let w = World::start().await;
    let product = w.product().await;
    let shown = format!("/users/{}", w.user("shown@a.b").await);

    #[rustfmt::skip]
    let table = [
        // caller,                                                       list, show, create, update, delete
        ("developer",     staff(&w, "developer").await,                  [200, 200, 201, 200, 204]),
        ("sales-agent",   staff(&w, "sales-agent").await,                [200, 200, 201, 200, 403]),
        ("support-agent", staff(&w, "support-agent").await,              [200, 200, 403, 403, 403]),
        ("read-only",     staff(&w, "read-only").await,                  [200, 200, 403, 403, 403]),
        ("product",       w.bearer(&w.product_token(&product).await),    [200, 200, 201, 200, 204]),
    ];
    for (role, caller, expected) in table {
        let target = format!("/users/{}", w.user(&format!("target-{role}@a.b")).await);
        let draft = user(json!({ "email": format!("new-{role}@a.b") }));
        let answers = [
            caller.get("/users").await.status,
            caller.get(&shown).await.status,
            caller.post("/users", draft).await.status,
            caller
                .patch(&target, user(json!({ "firstName": "A" })))
                .await
                .status,
            caller.delete(&target).await.status,
        ];
        assert_eq!(answers, expected, "{role}");
    }
}

#[tokio::test]
async fn a_product_sees_every_customer_and_no_staff() {
    let w = World::start().await;
    let product = w.product().await;
    staff(&w, "developer").await;
    w.user("ada@example.com").await;
    let caller = w.bearer(&w.product_token(&product).await);

    let list = caller
        .get("/users?roles[]=user&roles[]=admin&roles[]=developer")
        .await
        .expect(200);

    assert_eq!(list.at("/data").as_array().unwrap().len(), 1);
    caller
        .get("/users/developer@staff.example")
        .await
        .expect(404);
    caller.get("/users/admin@acme.example").await.expect(404);
}

#[tokio::test]
async fn guarded_attributes_are_unpermitted_even_as_null() {
    let w = World::start().await;
    let product = w.product().await;
    let (developer, sales) = (staff(&w, "developer").await, staff(&w, "sales-agent").await);
    let product = w.bearer(&w.product_token(&product).await);

    for (caller, name) in [
        (&developer, "role"),
        (&sales, "role"),
        (&sales, "permissions"),
        (&product, "role"),
    ] {
        let refused = caller
            .post("/users", user(json!({ "email": "a@b.c", name: null })))
            .await
            .expect(400);
        let pointer = format!("/data/attributes/{name}");
        assert_eq!(
            (refused.pointer(), refused.detail()),
            (pointer.as_str(), "unpermitted parameter")
        );
    }
}
