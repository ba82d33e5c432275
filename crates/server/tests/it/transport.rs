//! What every request and answer has in common.

use keystead_testkit::World;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn the_account_may_be_named_by_id_by_slug_or_not_at_all() {
    let w = World::start().await;
    let admin = w.admin();

    for path in [
        format!("/v1/accounts/{}/tokens", w.account()),
        "/v1/accounts/acme/tokens".to_owned(),
        "/v1/tokens".to_owned(),
    ] {
        let answer = admin.send_raw(Method::GET, &path, None).await.expect(200);
        assert_eq!(answer.header("keygen-account"), w.account(), "{path}");
    }
    let answer = admin
        .send_raw(Method::GET, "/v1/accounts/nobody/tokens", None)
        .await
        .expect(404);
    assert_eq!(
        answer.detail(),
        "The requested account 'nobody' was not found"
    );
}

#[tokio::test]
async fn a_version_is_chosen_by_header_and_echoed() {
    let w = World::start().await;

    for version in ["1.0", "1.5", "v1.8"] {
        let answer = w
            .admin()
            .with("keygen-version", version)
            .get("/tokens")
            .await
            .expect(200);
        assert_eq!(
            answer.header("keygen-version"),
            version.trim_start_matches('v')
        );
    }
    let old = w
        .admin()
        .with("keygen-version", "1.3")
        .get("/tokens")
        .await
        .expect(200);
    assert_eq!(old.header("keygen-account-id"), w.account());
    assert_eq!(old.header("keygen-account"), "");
    let answer = w
        .admin()
        .with("keygen-version", "2.0")
        .get("/tokens")
        .await
        .expect(400);
    assert_eq!(answer.code(), "INVALID_API_VERSION");
    assert_eq!(answer.header("keygen-signature"), "");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_before_anything_is_looked_up() {
    let w = World::start().await;
    let path = "/v1/accounts/nobody/products";

    for body in ["{", "{'a': 1}", "{} trailing", r#"{"a": "\ud888"}"#] {
        let answer = w
            .admin()
            .send_raw(Method::POST, path, Some(body.to_owned()))
            .await
            .expect(400);
        assert_eq!(answer.code(), "JSON_INVALID", "{body}");
        assert!(answer.at("/meta").is_null());
        assert_eq!(answer.header("keygen-signature"), "");
    }
    let answer = w
        .admin()
        .with("accept", "text/html")
        .get("/tokens")
        .await
        .expect(400);
    assert_eq!(answer.code(), "MIME_TYPE_INVALID");
}

#[tokio::test]
async fn clients_that_prefer_plain_json_get_it() {
    let w = World::start().await;
    #[rustfmt::skip]
    let table = [
        ("*/*",                                        "application/vnd.api+json; charset=utf-8"),
        ("application/json",                           "application/json; charset=utf-8"),
        ("application/json;q=0.5, application/vnd.api+json", "application/vnd.api+json; charset=utf-8"),
        ("*/*; q=0.5, application/xml",                "application/vnd.api+json; charset=utf-8"),
    ];
    for (accept, expected) in table {
        let answer = w
            .admin()
            .with("accept", accept)
            .get("/tokens")
            .await
            .expect(200);
        assert_eq!(answer.header("content-type"), expected, "{accept}");
    }
}

#[tokio::test]
async fn a_signature_wish_is_honoured_or_refused() {
    let w = World::start().await;
    for algorithm in ["ed25519", "rsa-pss-sha256", "rsa-sha256", "ecdsa-p256"] {
        let wish = format!("algorithm=\"{algorithm}\"");
        let answer = w
            .admin()
            .with("keygen-accept-signature", &wish)
            .get("/tokens")
            .await
            .expect(200);
        let signature = answer.header("keygen-signature");
        assert!(signature.contains(&wish), "{signature}");
        assert!(signature.contains(&format!("keyid=\"{}\"", w.account())));
    }
    #[rustfmt::skip]
    let table = [
        ("nonsense",                   "invalid accept-signature header (malformed)"),
        ("algorithm=\"rsa-sha1\"",     "invalid accept-signature header (unsupported algorithm)"),
        ("keyid=\"0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10\", algorithm=\"ed25519\"", "invalid accept-signature header (keyid not found)"),
    ];
    for (wish, detail) in table {
        let answer = w
            .admin()
            .with("keygen-accept-signature", wish)
            .get("/tokens")
            .await
            .expect(400);
        assert_eq!(answer.detail(), detail);
    }
}

#[tokio::test]
async fn an_unknown_environment_is_refused_and_blames_the_header() {
    let w = World::start().await;

    let answer = w
        .admin()
        .with("keygen-environment", "nowhere")
        .get("/tokens")
        .await
        .expect(400);

    assert_eq!(answer.code(), "ENVIRONMENT_INVALID");
    assert_eq!(answer.at("/errors/0/source/header"), "Keygen-Environment");
}

#[tokio::test]
async fn health_and_ping_need_nobody() {
    let w = World::start().await;

    for (path, status) in [
        ("/v1/health", 204),
        ("/v1/ping", 200),
        ("/v1/accounts/acme/ping", 200),
        ("/livez", 200),
        ("/readyz", 200),
    ] {
        w.anyone()
            .send_raw(Method::GET, path, None)
            .await
            .expect(status);
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let w = World::start().await;
    let name = "x".repeat(2 * 1024 * 1024);
    let body = json!({ "data": { "type": "products", "attributes": { "name": name } } });

    let answer = w.admin().post("/products", body).await;

    assert_eq!(answer.status, 413);
}
