//! Users, as clients see them: update.

use chrono::TimeDelta;
use keystead_testkit::{ADMIN_PASSWORD, World};
use serde_json::json;

use super::{made, path, staff, user};

#[tokio::test]
async fn what_is_not_sent_stays_and_null_clears_names() {
    let w = World::start().await;
    let ada = made(
        &w,
        json!({
            "email": "ada@example.com", "firstName": "Ada", "lastName": "Byron",
            "metadata": { "a": 1 },
        }),
    )
    .await;
    w.advance(TimeDelta::minutes(1));

    let renamed = user(json!({ "lastName": "Lovelace" }));
    let changed = w.admin().patch(&path(&ada), renamed).await.expect(200);

    let mut expected = ada.body.clone();
    expected["data"]["attributes"]["lastName"] = json!("Lovelace");
    expected["data"]["attributes"]["fullName"] = json!("Ada Lovelace");
    expected["data"]["attributes"]["updated"] = json!("2026-01-01T00:01:00.000Z");
    assert_eq!(changed.body, expected);

    let nulls = json!({ "email": null, "firstName": null, "metadata": null, "role": null });
    let cleared = w.admin().put(&path(&ada), user(nulls)).await.expect(200);
    let attributes = cleared.at("/data/attributes");
    assert_eq!(attributes["firstName"], json!(null));
    assert_eq!(attributes["fullName"], json!(null));
    assert_eq!(attributes["email"], "ada@example.com");
    assert_eq!(attributes["metadata"], json!({ "a": 1 }));
}

#[tokio::test]
async fn an_address_is_unique_and_a_refused_change_changes_nothing() {
    let w = World::start().await;
    made(&w, json!({ "email": "taken@example.com" })).await;
    let ada = made(&w, json!({ "email": "ada@example.com" })).await;

    let taken = user(json!({ "email": "Taken@Example.com", "firstName": "Eve" }));
    let refused = w.admin().patch(&path(&ada), taken).await.expect(422);
    assert_eq!(
        (refused.code(), refused.pointer()),
        ("EMAIL_TAKEN", "/data/attributes/email")
    );
    let several = user(json!({ "email": "x", "password": "short", "permissions": ["admin.read"] }));
    let refused = w.admin().patch(&path(&ada), several).await.expect(422);
    assert_eq!(refused.at("/errors").as_array().unwrap().len(), 3);

    assert_eq!(w.admin().get(&path(&ada)).await.expect(200).body, ada.body);
}

#[tokio::test]
async fn a_password_is_set_and_taken_away() {
    let w = World::start().await;
    let ada = made(&w, json!({ "email": "ada@example.com" })).await;

    let set = user(json!({ "password": ADMIN_PASSWORD }));
    w.admin().patch(&path(&ada), set).await.expect(200);
    let caller = w.log_in("ada@example.com").await;
    let cleared = user(json!({ "password": null }));
    w.admin().patch(&path(&ada), cleared).await.expect(200);

    caller.get("/me").await.expect(200);
    // ada@example.com:secret
    let again = w
        .anyone()
        .with("authorization", "Basic YWRhQGV4YW1wbGUuY29tOnNlY3JldA==");
    let refused = again.post("/tokens", json!({})).await.expect(401);
    assert_eq!(refused.code(), "PASSWORD_NOT_SUPPORTED");
}

#[tokio::test]
async fn another_role_keeps_what_both_permit_and_revokes_tokens() {
    let w = World::start().await;
    let developer = staff(&w, "developer").await;
    let id = developer.get("/me").await.expect(200).id();
    let path = format!("/users/{id}");

    let demoted = user(json!({ "role": "user" }));
    let demoted = w.admin().patch(&path, demoted).await.expect(200);

    assert_eq!(
        demoted
            .at("/data/attributes/permissions")
            .as_array()
            .unwrap()
            .len(),
        54
    );
    assert_eq!(
        developer.get("/me").await.expect(401).code(),
        "TOKEN_INVALID"
    );

    let promoted = user(json!({ "role": "admin" }));
    let promoted = w.admin().patch(&path, promoted).await.expect(200);
    assert_eq!(promoted.at("/data/attributes/role"), "admin");
    assert_eq!(
        promoted
            .at("/data/attributes/permissions")
            .as_array()
            .unwrap()
            .len(),
        54
    );

    let caller = w.log_in("developer@staff.example").await;
    let same = user(json!({ "role": "admin", "firstName": "Dee" }));
    w.admin().patch(&path, same).await.expect(200);
    caller.get("/me").await.expect(200);
}

#[tokio::test]
async fn a_user_changes_itself_but_not_what_others_decide() {
    let w = World::start().await;
    let ada = w.user("ada@example.com").await;
    w.user("eve@example.com").await;
    let caller = w.log_in("ada@example.com").await;
    let path = format!("/users/{ada}");

    let renamed = caller
        .patch(&path, user(json!({ "firstName": "Ada" })))
        .await
        .expect(200);
    assert_eq!(renamed.at("/data/attributes/firstName"), "Ada");
    for (name, value) in [
        ("role", json!("user")),
        ("permissions", json!(["*"])),
        ("password", json!("another one")),
        ("metadata", json!({})),
    ] {
        let refused = caller
            .patch(&path, user(json!({ name: value })))
            .await
            .expect(400);
        let pointer = format!("/data/attributes/{name}");
        assert_eq!(
            (refused.pointer(), refused.detail()),
            (pointer.as_str(), "unpermitted parameter")
        );
    }
    caller
        .patch("/users/eve@example.com", user(json!({ "firstName": "E" })))
        .await
        .expect(404);
    caller.delete(&path).await.expect(403);
}
