//! Users, as clients see them: strangers.

use keystead_testkit::{ADMIN_PASSWORD, World};
use serde_json::json;

use super::user;

async fn open(w: &World) {
    let open = json!({ "data": { "type": "accounts", "attributes": { "protected": false } } });
    w.admin().patch("", open).await.expect(200);
}

#[tokio::test]
async fn strangers_create_themselves_unless_the_account_is_protected() {
    let w = World::start().await;
    let ada = user(json!({ "email": "ada@example.com", "password": ADMIN_PASSWORD }));

    let refused = w.anyone().post("/users", ada.clone()).await.expect(403);
    assert_eq!(
        refused.detail(),
        "You do not have permission to complete the request \
         (ensure a token or license is present and valid)"
    );

    open(&w).await;
    let made = w.anyone().post("/users", ada).await.expect(201);
    assert_eq!(made.at("/data/attributes/role"), "user");
    w.log_in("ada@example.com")
        .await
        .get("/me")
        .await
        .expect(200);
}

#[tokio::test]
async fn strangers_say_nothing_of_role_permissions_or_group() {
    let w = World::start().await;
    open(&w).await;
    let mut grouped = user(json!({ "email": "a@b.c" }));
    grouped["data"]["relationships"] = json!({ "group": { "data": null } });

    #[rustfmt::skip]
    let table = [
        (user(json!({ "email": "a@b.c", "role": "user" })),       "/data/attributes/role"),
        (user(json!({ "email": "a@b.c", "role": null })),         "/data/attributes/role"),
        (user(json!({ "email": "a@b.c", "permissions": ["*"] })), "/data/attributes/permissions"),
        (grouped,                                                 "/data/relationships/group"),
    ];
    for (body, pointer) in table {
        let refused = w.anyone().post("/users", body).await.expect(400);
        assert_eq!(
            (refused.pointer(), refused.detail()),
            (pointer, "unpermitted parameter")
        );
    }
}

#[tokio::test]
async fn strangers_do_nothing_else() {
    let w = World::start().await;
    open(&w).await;
    w.user("ada@example.com").await;

    for answer in [
        w.anyone().get("/users").await,
        w.anyone().get("/users/ada@example.com").await,
        w.anyone().patch("/users/ada@example.com", json!({})).await,
        w.anyone().delete("/users/ada@example.com").await,
        w.anyone()
            .post("/users/ada@example.com/actions/ban", json!({}))
            .await,
    ] {
        assert_eq!((answer.status, answer.code()), (401, "TOKEN_MISSING"));
    }
}
