//! Environments themselves: create, show, update.

use super::*;

#[tokio::test]
async fn an_environment_is_isolated_unless_it_says_otherwise() {
    let w = World::start().await;

    let made = post(
        &w,
        json!({ "name": "Sandbox", "code": "sandbox" }),
        json!([]),
    )
    .await
    .expect(201);

    assert_eq!(made.at("/data/attributes/isolationStrategy"), "ISOLATED");
    assert!(made.at("/data/attributes/permissions").is_null());
    w.admin().get("/environments/SANDBOX").await.expect(200);
    let unknown = json!({ "name": "X", "code": "x", "isolationStrategy": "MAYBE" });
    let refused = post(&w, unknown, json!([])).await.expect(422);
    assert_eq!(refused.code(), "ISOLATION_STRATEGY_NOT_ALLOWED");
}

#[tokio::test]
async fn a_code_is_taken_in_any_case() {
    let w = World::start().await;
    post(
        &w,
        json!({ "name": "Sandbox", "code": "sandbox" }),
        json!([]),
    )
    .await
    .expect(201);

    let taken = post(&w, json!({ "name": "Other", "code": "SandBox" }), json!([]))
        .await
        .expect(422);

    assert_eq!(taken.code(), "CODE_TAKEN");
    assert_eq!(taken.pointer(), "/data/attributes/code");
}

#[tokio::test]
async fn the_admins_of_an_environment_enter_it_and_nothing_else() {
    let w = World::start().await;
    let (id, inside) = entered(&w, "sandbox", "ISOLATED").await;

    let license = inside.get("/licenses").await.expect(200);
    assert_eq!(license.header("keygen-environment"), "sandbox");
    inside.get(&format!("/environments/{id}")).await.expect(200);
    // Outside, the token is nobody's.
    inside
        .with("keygen-environment", "")
        .get("/licenses")
        .await
        .expect(400);
    // And a global token is nobody's inside.
    w.admin()
        .with("keygen-environment", "sandbox")
        .get("/licenses")
        .await
        .expect(401);
}

#[tokio::test]
async fn what_is_wrong_with_an_admin_is_told_where_it_is() {
    let w = World::start().await;
    let new = || json!({ "name": "Sandbox", "code": "sandbox" });
    let admin = |email: &str, role: &str| json!({ "type": "users", "attributes": { "email": email, "role": role } });

    let invalid = post(
        &w,
        new(),
        json!([admin("a@b.example", "admin"), admin("nobody", "admin")]),
    )
    .await
    .expect(422);
    let taken = post(
        &w,
        new(),
        json!([admin(keystead_testkit::ADMIN_EMAIL, "admin")]),
    )
    .await
    .expect(422);
    let user = post(&w, new(), json!([admin("a@b.example", "user")]))
        .await
        .expect(400);
    let many: Vec<_> = (0..11)
        .map(|n| admin(&format!("a{n}@b.example"), "admin"))
        .collect();
    let many = post(&w, new(), json!(many)).await.expect(422);

    let at = |index: u8, name: &str| {
        format!("/data/relationships/admins/data/{index}/attributes/{name}")
    };
    assert_eq!(invalid.pointer(), at(1, "email"));
    assert_eq!(
        (taken.pointer(), taken.code()),
        (at(0, "email").as_str(), "EMAIL_TAKEN")
    );
    assert_eq!(
        (user.pointer(), user.detail()),
        (at(0, "role").as_str(), "is invalid")
    );
    assert_eq!(many.detail(), "too many records");
    // None of them left anything behind.
    w.admin().get("/environments/sandbox").await.expect(404);
    w.admin().get("/users/a@b.example").await.expect(404);
}

#[tokio::test]
async fn isolation_stays_as_it_is() {
    let w = World::start().await;
    post(
        &w,
        json!({ "name": "Sandbox", "code": "sandbox" }),
        json!([]),
    )
    .await
    .expect(201);
    let change = async |attributes: Value| {
        let body = json!({ "data": { "type": "environments", "attributes": attributes } });
        w.admin().patch("/environments/sandbox", body).await
    };

    let refused = change(json!({ "isolationStrategy": "SHARED" }))
        .await
        .expect(400);
    assert_eq!(refused.pointer(), "/data/attributes/isolationStrategy");
    let blank = change(json!({ "code": "" })).await.expect(400);
    assert_eq!(blank.detail(), "cannot be blank");
    let changed = change(json!({ "name": "Playground" })).await.expect(200);
    assert_eq!(changed.at("/data/attributes/name"), "Playground");
}
