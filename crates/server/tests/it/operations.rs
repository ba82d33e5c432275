//! Every operation of the API's description, tried by those who may not.

use keystead_app::accounts::{Founding, found};
use keystead_server::config::Tenancy;
use keystead_signing::Secret;
use keystead_testkit::World;
use reqwest::Method;
use serde_json::{Value, json};

/// What answers strangers, on purpose, and how.
#[rustfmt::skip]
const OPEN: &[(&str, u16)] = &[
    // Anyone who knows a key may validate it; an empty body lacks the key.
    ("validateLicenseKey", 400),
    // A protected account keeps strangers from signing up; an empty body comes first.
    ("createUser",         400),
    // Whoever lost a password has no credential; an empty body lacks the address.
    ("requestPasswordReset", 400),
    // The token in the body is the credential; there is no such user here.
    ("resetUserPassword",  404),
];

/// What ignores credentials, good or bad: whoever lost a password may still send an old token.
const IGNORING: &[&str] = &["requestPasswordReset", "resetUserPassword"];

/// (operation id, method, path with made-up ids), as the description has them.
fn operations(document: &Value) -> Vec<(String, Method, String)> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"]
        .as_object()
        .expect("a description has paths")
    {
        for (method, operation) in methods.as_object().expect("a path has methods") {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else {
                continue;
            };
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            let mut filled = String::new();
            for segment in path.trim_start_matches('/').split('/') {
                filled.push('/');
                filled.push_str(if segment.starts_with('{') {
                    "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10"
                } else {
                    segment
                });
            }
            found.push((id.to_owned(), method, filled));
        }
    }
    found
}

async fn described(w: &World) -> Vec<(String, Method, String)> {
    let answer = w
        .anyone()
        .send_raw(Method::GET, "/v1/openapi.json", None)
        .await
        .expect(200);
    let operations = operations(&answer.body);
    assert!(
        operations.len() > 40,
        "the description lists the operations"
    );
    operations
}

#[tokio::test]
async fn no_operation_answers_strangers_but_those_on_the_list() {
    let w = World::start().await;

    for (id, method, path) in described(&w).await {
        let body = (method != Method::GET).then(|| json!({}));
        let answer = w.anyone().send(method, &path, body).await;
        let expected = OPEN
            .iter()
            .find(|(open, _)| *open == id)
            .map_or(401, |(_, status)| *status);
        assert_eq!(answer.status, expected, "{id}: {}", answer.text);
    }
}

#[tokio::test]
async fn no_operation_knows_the_bearers_of_another_account() {
    let w = World::with(|config| config.tenancy = Tenancy::Multi).await;
    let founding = Founding {
        slug: "rival".to_owned(),
        name: "Rival".to_owned(),
        email: "admin@rival.example".to_owned(),
        password: Secret::new("another good password".to_owned()),
        protected: true,
    };
    found(w.app(), founding)
        .await
        .expect("a second account can be founded");
    let token = w
        .token_of("rival", "admin@rival.example", "another good password")
        .await;
    let spy = w.bearer(&token);

    for (id, method, path) in described(&w).await {
        if IGNORING.contains(&id.as_str()) {
            continue;
        }
        let body = (method != Method::GET).then(|| json!({}));
        let answer = spy.send(method, &path, body).await;
        assert_eq!(answer.status, 401, "{id}: {}", answer.text);
        assert_eq!(answer.code(), "TOKEN_INVALID", "{id}");
    }
}
