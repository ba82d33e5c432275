//! Who is sent to the provider, and with what.

use std::collections::HashMap;

use keystead_app::sso::settings::Change;
use keystead_testkit::{ADMIN_EMAIL, ADMIN_PASSWORD};
use serde_json::{Value, json};

use super::{CALLBACK, Place, ada};
use crate::tokens::basic;

#[tokio::test]
async fn who_has_an_address_of_the_domain_is_sent_to_the_provider() {
    let p = Place::new().await;

    let link = p.link("Nobody@Acme.example").await;

    let link: reqwest::Url = link.parse().unwrap();
    let asked: HashMap<_, _> = link.query_pairs().into_owned().collect();
    assert!(link.as_str().starts_with(p.realm.issuer()));
    assert_eq!(asked["organization"], "acme");
    assert_eq!(asked["domain_hint"], "acme.example");
    assert_eq!(asked["login_hint"], "Nobody@Acme.example");
    assert_eq!(asked["redirect_uri"], CALLBACK);
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["code_challenge_method"], "S256");
    let url_safe = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    assert!(asked["state"].chars().all(url_safe), "{}", asked["state"]);
    let again: reqwest::Url = p.link("nobody@acme.example").await.parse().unwrap();
    let again: HashMap<_, _> = again.query_pairs().into_owned().collect();
    for secret in ["state", "nonce", "code_challenge"] {
        assert_ne!(asked[secret], again[secret], "{secret} is fresh each time");
    }
}

#[tokio::test]
async fn a_right_password_is_no_way_in_where_people_sign_on() {
    let p = Place::new().await;

    let admin = p.w.anyone();
    let admin = admin.with("authorization", &basic(ADMIN_EMAIL, ADMIN_PASSWORD));
    let answer = admin.post("/tokens", json!({})).await.expect(401);

    assert_eq!(answer.code(), "SSO_REQUIRED");
    assert_eq!(answer.detail(), "single sign on is required");
    assert_eq!(answer.at("/errors/0/source/header"), "Authorization");
    assert_eq!(*answer.at("/errors/0/links/about"), Value::Null);
    // What is no password works on.
    p.w.admin().get("/me").await.expect(200);
}

#[tokio::test]
async fn customers_elsewhere_keep_their_passwords_and_staff_does_not() {
    let p = Place::new().await;
    p.w.user("customer@elsewhere.example").await;
    let staff = json!({ "email": "dev@elsewhere.example", "password": ADMIN_PASSWORD, "role": "developer" });
    let staff = json!({ "data": { "type": "users", "attributes": staff } });
    p.w.admin().post("/users", staff).await.expect(201);

    p.w.log_in("customer@elsewhere.example").await;
    p.link("dev@elsewhere.example").await;
    let nobody =
        p.w.anyone()
            .with("authorization", &basic("nobody@elsewhere.example", "x"));
    let nobody = nobody.post("/tokens", json!({})).await.expect(401);
    assert_eq!(nobody.code(), "EMAIL_INVALID");
}

#[tokio::test]
async fn who_has_signed_on_once_needs_no_password_any_more() {
    let p = Place::new().await;
    p.set(Change {
        external_authn: Some(true),
        ..Change::default()
    })
    .await;
    p.w.user("guest@elsewhere.example").await;
    p.w.log_in("guest@elsewhere.example").await;

    let begun = p.link("ada@acme.example").await;
    let back = p
        .realm
        .consent(&begun, ada(json!({ "email": "guest@elsewhere.example" })));
    super::turned_away(&p.follow(&back).await, "SSO_STATE_INVALID");
    p.w.log_in("guest@elsewhere.example").await;
    p.sign_on(ada(
        json!({ "sub": "guest", "email": "grace@acme.example" }),
    ))
    .await;
    let renamed = ada(json!({ "sub": "guest", "email": "new@acme.example" }));
    super::let_in(&p.sign_on(renamed).await);

    assert_eq!(p.user("grace@acme.example").await.status, 404);
    assert_eq!(p.user("new@acme.example").await.status, 200);
}

#[tokio::test]
async fn without_a_provider_signing_on_is_not_supported() {
    let p = Place::with(|config| config.sso.issuer = None).await;

    let caller =
        p.w.anyone()
            .with("authorization", &basic(ADMIN_EMAIL, ADMIN_PASSWORD));
    let answer = caller.post("/tokens", json!({})).await.expect(401);

    assert_eq!(answer.code(), "SSO_NOT_SUPPORTED");
    assert_eq!(answer.detail(), "single sign on is unsupported");
    assert_eq!(*answer.at("/errors/0/links"), Value::Null);
}

#[tokio::test]
async fn a_provider_that_is_away_opens_no_other_door() {
    let p = Place::with(|config| config.sso.issuer = Some("http://127.0.0.1:9/".to_owned())).await;

    let caller =
        p.w.anyone()
            .with("authorization", &basic(ADMIN_EMAIL, ADMIN_PASSWORD));
    let answer = caller.post("/tokens", json!({})).await.expect(401);

    assert_eq!(answer.code(), "SSO_REQUIRED");
    assert_eq!(*answer.at("/errors/0/links"), Value::Null);
}
