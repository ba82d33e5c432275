//! Tokens, as clients use them.

mod below;
mod secrets;

use keystead_testkit::{ADMIN_EMAIL, ADMIN_PASSWORD, World};
use serde_json::json;

pub fn basic(email: &str, password: &str) -> String {
    use base64::Engine;
    let pair = format!("{email}:{password}");
    format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(pair)
    )
}

#[tokio::test]
async fn an_admin_logs_in_and_uses_the_token() {
    let w = World::start().await;

    let login = w
        .anyone()
        .with("authorization", &basic(ADMIN_EMAIL, ADMIN_PASSWORD));
    let answer = login.post("/tokens", json!({})).await.expect(201);

    assert_eq!(answer.at("/data/attributes/kind"), "admin-token");
    assert!(
        answer.at("/data/attributes/expiry").is_null(),
        "staff stay logged in"
    );
    assert!(
        answer
            .header("location")
            .ends_with(&format!("/tokens/{}", answer.id()))
    );
    let token = answer.at("/data/attributes/token").as_str().unwrap();
    let shown = w
        .bearer(token)
        .get(&format!("/tokens/{}", answer.id()))
        .await
        .expect(200);
    assert!(
        shown.at("/data/attributes/token").is_null(),
        "the secret is shown once"
    );
    assert_eq!(shown.header("keygen-token"), answer.id());
}

#[tokio::test]
async fn a_login_is_refused_with_the_first_thing_that_is_wrong() {
    let w = World::start().await;
    #[rustfmt::skip]
    let table = [
        ("@",                   "secret",       "EMAIL_REQUIRED"),
        ("nobody@acme.example", "secret",       "EMAIL_INVALID"),
        (ADMIN_EMAIL,           "",             "PASSWORD_REQUIRED"),
        (ADMIN_EMAIL,           "wrong",        "PASSWORD_INVALID"),
    ];
    for (email, password, code) in table {
        let login = w.anyone().with("authorization", &basic(email, password));
        let answer = login.post("/tokens", json!({})).await.expect(401);

        assert_eq!(answer.code(), code, "{email}:{password}");
        assert_eq!(answer.at("/errors/0/source/header"), "Authorization");
    }
}

#[tokio::test]
async fn older_clients_are_not_told_which_part_was_wrong() {
    let w = World::start().await;

    let login = w
        .anyone()
        .with("authorization", &basic(ADMIN_EMAIL, "wrong"))
        .with("keygen-version", "1.7");
    let answer = login.post("/tokens", json!({})).await.expect(401);

    assert_eq!(answer.code(), "CREDENTIALS_INVALID");
    assert_eq!(answer.detail(), "email and password must be valid");
}

#[tokio::test]
async fn every_way_of_presenting_a_token_is_the_same_bearer() {
    let w = World::start().await;
    let product = w.product().await;
    let token = w.product_token(&product).await;

    let as_user = basic(&token, "");
    let as_password = basic("token", &token);
    for header in [
        format!("Bearer {token}"),
        format!("token {token}"),
        as_user,
        as_password,
    ] {
        let answer = w
            .anyone()
            .with("authorization", &header)
            .get("/tokens")
            .await
            .expect(200);
        assert_eq!(answer.header("keygen-bearer"), product, "{header}");
    }
    let answer = w
        .anyone()
        .get(&format!("/tokens?auth=token:{token}"))
        .await
        .expect(200);
    assert_eq!(answer.header("keygen-bearer"), product);
}

#[tokio::test]
async fn a_bad_credential_is_401_with_its_code_and_challenge() {
    let w = World::start().await;
    #[rustfmt::skip]
    let table = [
        ("Bearer prod-0000v3",                           "TOKEN_INVALID"),
        ("Bearer nonsense",                              "TOKEN_INVALID"),
        ("Bearer 0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10",  "TOKEN_FORMAT_INVALID"),
        ("License nonsense",                             "LICENSE_INVALID"),
    ];
    for (header, code) in table {
        let answer = w
            .anyone()
            .with("authorization", header)
            .get("/tokens")
            .await
            .expect(401);

        assert_eq!(answer.code(), code, "{header}");
        assert!(
            answer
                .header("www-authenticate")
                .contains("realm=\"keygen\"")
        );
    }
    let answer = w.anyone().get("/tokens").await.expect(401);
    assert_eq!(answer.code(), "TOKEN_MISSING");
}

#[tokio::test]
async fn a_revoked_token_opens_nothing_from_the_next_request_on() {
    let w = World::start().await;
    let product = w.product().await;
    let path = format!("/products/{product}/tokens");
    let made = w.admin().post(&path, json!({})).await.expect(200);
    let token = made
        .at("/data/attributes/token")
        .as_str()
        .unwrap()
        .to_owned();
    w.bearer(&token).get("/tokens").await.expect(200);

    w.admin()
        .delete(&format!("/tokens/{}", made.id()))
        .await
        .expect(204);

    let answer = w.bearer(&token).get("/tokens").await.expect(401);
    assert_eq!(answer.code(), "TOKEN_INVALID");
}

#[tokio::test]
async fn a_regenerated_token_has_a_new_secret_and_two_weeks() {
    let w = World::start().await;
    let product = w.product().await;
    let path = format!("/products/{product}/tokens");
    let body = json!({ "data": {
        "type": "tokens",
        "attributes": { "name": "CI", "expiry": "2030-01-01T00:00:00Z" },
    } });
    let made = w.admin().post(&path, body).await.expect(200);
    let old = made
        .at("/data/attributes/token")
        .as_str()
        .unwrap()
        .to_owned();

    let again = w
        .admin()
        .put(&format!("/tokens/{}", made.id()), json!({}))
        .await
        .expect(200);

    let new = again.at("/data/attributes/token").as_str().unwrap();
    assert_ne!(new, old);
    assert_eq!(again.at("/data/attributes/name"), "CI");
    assert_eq!(
        again.at("/data/attributes/expiry"),
        "2026-01-15T00:00:00.000Z"
    );
    w.bearer(new).get("/tokens").await.expect(200);
    w.bearer(&old).get("/tokens").await.expect(401);
}

#[tokio::test]
async fn an_expired_token_says_so() {
    let w = World::start().await;
    let product = w.product().await;
    let path = format!("/products/{product}/tokens");
    let body = json!({ "data": {
        "type": "tokens",
        "attributes": { "expiry": "2026-01-02T00:00:00Z" },
    } });
    let made = w.admin().post(&path, body).await.expect(200);
    let token = made.at("/data/attributes/token").as_str().unwrap();
    w.bearer(token).get("/tokens").await.expect(200);

    w.advance(chrono::TimeDelta::days(2));

    let answer = w.bearer(token).get("/tokens").await.expect(401);
    assert_eq!(answer.code(), "TOKEN_EXPIRED");
}

#[tokio::test]
async fn a_token_permits_no_more_than_its_bearer() {
    let w = World::start().await;
    let product = w.product().await;
    let path = format!("/products/{product}/tokens");
    let asking = |permissions: serde_json::Value| json!({ "data": { "type": "tokens", "attributes": { "permissions": permissions } } });

    let refused = w
        .admin()
        .post(&path, asking(json!(["admin.create"])))
        .await
        .expect(422);
    assert_eq!(refused.code(), "PERMISSIONS_NOT_ALLOWED");
    assert_eq!(refused.pointer(), "/data/attributes/permissions");

    let made = w
        .admin()
        .post(&path, asking(json!(["token.read"])))
        .await
        .expect(200);
    let token = made.at("/data/attributes/token").as_str().unwrap();
    w.bearer(token).get("/tokens").await.expect(200);
    let answer = w.bearer(token).get("/policies").await.expect(403);
    assert!(
        answer
            .detail()
            .contains("token lacks permission to perform action")
    );
}

#[tokio::test]
async fn a_token_for_a_stranger_is_forbidden_and_never_not_found() {
    let w = World::start().await;
    let unknown = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";
    let body = json!({ "data": {
        "type": "tokens",
        "relationships": { "bearer": { "data": { "type": "users", "id": unknown } } },
    } });

    w.admin().post("/tokens", body).await.expect(403);
}

#[tokio::test]
async fn a_token_for_an_unknown_environment_is_refused() {
    let w = World::start().await;
    let product = w.product().await;
    let unknown = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";
    let body = json!({ "data": {
        "type": "tokens",
        "relationships": { "environment": { "data": { "type": "environments", "id": unknown } } },
    } });

    let path = format!("/products/{product}/tokens");
    let refused = w.admin().post(&path, body).await.expect(422);

    assert_eq!(refused.code(), "ENVIRONMENT_NOT_FOUND");
    assert_eq!(refused.pointer(), "/data/relationships/environment");
}
