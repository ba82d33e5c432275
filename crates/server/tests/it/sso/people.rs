//! Who comes back from the provider becomes a user with a session.

use keystead_app::sso::settings::Change;
use keystead_testkit::{ADMIN_EMAIL, ADMIN_PASSWORD};
use serde_json::json;

use super::{PORTAL, Place, ada, let_in, turned_away};

#[tokio::test]
async fn a_person_signs_on_and_the_portal_has_a_session() {
    let p = Place::new().await;

    let answer = p.sign_on(ada(json!({ "role": "developer" }))).await;

    let_in(&answer);
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.ends_with(
            "; domain=acme.example; path=/; expires=Thu, 01 Jan 2026 08:00:00 GMT; secure; \
             httponly; samesite=None; partitioned"
        ),
        "{cookie}"
    );
    let me = p.page(&answer).get("/me").await.expect(200);
    assert_eq!(me.at("/data/attributes/email"), "ada@acme.example");
    assert_eq!(me.at("/data/attributes/fullName"), "Ada Byron");
    assert_eq!(me.at("/data/attributes/role"), "developer");
    assert_eq!(me.header("keygen-token"), "");
    // A session is the portal's alone.
    let elsewhere = p.page(&answer).with("origin", "https://evil.example");
    elsewhere.get("/me").await.expect(401);
    // Eight hours and an hour for each hour that it is used near its end.
    p.w.advance(chrono::TimeDelta::minutes(8 * 60 + 1));
    let late = p.page(&answer).get("/me").await.expect(401);
    assert_eq!(late.code(), "SESSION_EXPIRED");
}

#[tokio::test]
async fn a_session_without_a_token_makes_tokens_and_sessions_of_its_own() {
    let p = Place::new().await;
    let page = p.page(&p.sign_on(ada(json!({ "role": "admin" }))).await);

    let made = page.post("/tokens", json!({})).await.expect(201);

    assert_ne!(made.header("set-cookie"), "");
    p.page(&made).get("/me").await.expect(200);
    let secret = made.at("/data/attributes/token").as_str().unwrap();
    p.w.bearer(secret).get("/me").await.expect(200);
}

#[tokio::test]
async fn signing_on_again_ends_the_session_before() {
    let p = Place::new().await;
    let first = p.sign_on(ada(json!({}))).await;

    let second = p.sign_on(ada(json!({}))).await;

    let gone = p.page(&first).get("/me").await.expect(401);
    assert_eq!(gone.code(), "SESSION_INVALID");
    p.page(&second).get("/me").await.expect(200);
}

#[tokio::test]
async fn a_user_is_made_on_the_way_and_told_of() {
    let p = Place::new().await;

    let_in(&p.sign_on(ada(json!({}))).await);
    let_in(&p.sign_on(ada(json!({ "given_name": "Augusta" }))).await);

    let user = p.user("ada@acme.example").await.expect(200);
    assert_eq!(user.at("/data/attributes/role"), "user");
    assert_eq!(user.at("/data/attributes/firstName"), "Augusta");
    p.w.app().settle().await;
    let logs = p.w.admin().get("/event-logs").await.expect(200);
    let names: Vec<&str> = logs.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|log| log["attributes"]["event"].as_str())
        .filter(|name| name.starts_with("user."))
        .collect();
    assert_eq!(names, ["user.updated", "user.created"]);
    // Whoever signs on has no password, and gets none by asking.
    p.link("ada@acme.example").await;
}

#[tokio::test]
async fn nobody_is_made_where_users_are_made_by_hand() {
    let p = Place::new().await;
    p.set(Change {
        jit_provisioning: Some(false),
        ..Change::default()
    })
    .await;

    turned_away(&p.sign_on(ada(json!({}))).await, "SSO_USER_NOT_FOUND");
    p.w.user("ada@acme.example").await;
    let_in(&p.sign_on(ada(json!({}))).await);
}

#[tokio::test]
async fn a_role_is_the_providers_to_give_only_where_it_is_asked() {
    let p = Place::new().await;
    p.w.user("ada@acme.example").await;
    let role = async || {
        let user = p.user("ada@acme.example").await.expect(200);
        user.at("/data/attributes/role")
            .as_str()
            .unwrap()
            .to_owned()
    };

    let_in(&p.sign_on(ada(json!({ "role": "admin" }))).await);
    assert_eq!(role().await, "user");
    p.set(Change {
        sync_roles: Some(true),
        ..Change::default()
    })
    .await;
    let_in(&p.sign_on(ada(json!({}))).await);
    assert_eq!(role().await, "user", "who names none changes none");
    let answer = p.sign_on(ada(json!({ "role": "sales-agent" }))).await;
    let_in(&answer);
    assert_eq!(role().await, "sales-agent");
    let page = p.page(&answer);
    let made = page.post("/tokens", json!({})).await.expect(201);
    let secret = made.at("/data/attributes/token").as_str().unwrap();

    turned_away(
        &p.sign_on(ada(json!({ "role": "janitor" }))).await,
        "SSO_USER_INVALID",
    );
    assert_eq!(role().await, "sales-agent");
    p.page(&answer).get("/me").await.expect(200);
    p.w.bearer(secret).get("/me").await.expect(200);

    // As by hand, another role ends the tokens of the one before.
    let_in(&p.sign_on(ada(json!({ "role": "read-only" }))).await);
    p.w.bearer(secret).get("/me").await.expect(401);
}

#[tokio::test]
async fn the_last_admin_stays_one_whatever_the_provider_says() {
    let p = Place::new().await;
    p.set(Change {
        sync_roles: Some(true),
        ..Change::default()
    })
    .await;
    let admin = json!({ "sub": "root", "email": ADMIN_EMAIL, "role": "user" });

    turned_away(&p.sign_on(admin).await, "SSO_USER_INVALID");

    p.w.admin().get("/users").await.expect(200);
}

#[tokio::test]
async fn a_banned_user_stays_out() {
    let p = Place::new().await;
    let id = p.w.user("ada@acme.example").await;
    let path = format!("/users/{id}/actions/ban");
    p.w.admin().post(&path, json!({})).await.expect(200);

    turned_away(&p.sign_on(ada(json!({}))).await, "SSO_USER_NOT_ALLOWED");
}

#[tokio::test]
async fn an_address_that_is_somebody_elses_is_not_taken_over() {
    let p = Place::new().await;
    let_in(&p.sign_on(ada(json!({}))).await);
    p.w.user("grace@acme.example").await;

    let answer = p
        .sign_on(ada(json!({ "email": "grace@acme.example" })))
        .await;

    turned_away(&answer, "SSO_USER_INVALID");
    p.user("ada@acme.example").await.expect(200);
}

#[tokio::test]
async fn a_session_is_of_the_environment_that_was_signed_on_to() {
    let p = Place::new().await;
    let attributes = json!({ "name": "Test", "code": "test&1", "isolationStrategy": "ISOLATED" });
    let admin = json!({ "email": "t@elsewhere.example", "password": ADMIN_PASSWORD });
    let admins = json!({ "data": [{ "type": "users", "attributes": admin }] });
    let body = json!({ "data": {
        "type": "environments",
        "attributes": attributes,
        "relationships": { "admins": admins },
    } });
    p.w.admin().post("/environments", body).await.expect(201);
    let inside = p.w.anyone().with("keygen-environment", "test&1");

    let link = p.link_of(&inside, "ada@acme.example").await;
    let answer = p.follow(&p.realm.consent(&link, ada(json!({})))).await;

    assert_eq!(
        answer.header("location"),
        format!("{PORTAL}/acme?env=test%261")
    );
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("session_id."), "{cookie}");
    let page = p.page(&answer);
    page.get("/me").await.expect(401);
    let there = page.with("keygen-environment", "test&1");
    let me = there.get("/me").await.expect(200);
    assert_eq!(me.at("/data/attributes/email"), "ada@acme.example");
}
