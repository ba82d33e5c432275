//! Second factors, as clients see them: create.

use chrono::TimeDelta;
use keystead_testkit::World;
use serde_json::json;
use tokio::join;

use super::{create, enabled, seed};
use crate::passwords::{dump, somebody};

#[tokio::test]
async fn a_new_factor_shows_what_codes_are_made_from_and_where_it_lives() {
    let w = World::start().await;
    let (ada, caller) = somebody(&w).await;

    let made = create(&caller, "ada@example.com").await.expect(201);

    let seed = seed(&made);
    let id = made.id();
    let base = format!("/v1/accounts/{}/users/{ada}", w.account());
    assert_eq!(made.at("/data/type"), "second-factors");
    assert_eq!(made.at("/data/attributes/enabled"), false);
    assert_eq!(
        made.at("/data/attributes/uri"),
        &json!(seed.uri("Acme", "ada@example.com").expose())
    );
    assert_eq!(
        made.at("/data/links/self"),
        &json!(format!("{base}/second-factors/{id}"))
    );
    assert_eq!(
        made.at("/data/relationships/user/links/related"),
        &json!(base)
    );
    assert!(
        made.header("location")
            .ends_with(&format!("/users/{ada}/second-factors/{id}"))
    );
    let listed = caller
        .get(&format!("/users/{ada}/second-factors"))
        .await
        .expect(200);
    assert_eq!(listed.at("/data/0/id"), &json!(id));
}

#[tokio::test]
async fn of_two_at_once_one_is_made() {
    let w = World::start().await;
    let (ada, caller) = somebody(&w).await;

    let (a, b) = join!(create(&caller, &ada), create(&caller, &ada));

    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{} {}", a.text, b.text);
    create(&caller, &ada).await.expect(409);
}

#[tokio::test]
async fn the_password_proves_it_until_a_factor_is_enabled_and_a_code_from_then_on() {
    let w = World::start().await;
    let (ada, caller) = somebody(&w).await;
    let path = format!("/users/{ada}/second-factors");

    for meta in [
        json!({ "password": "guessed" }),
        json!({ "otp": "000000" }),
        json!({}),
    ] {
        let wrong = caller
            .post(&path, json!({ "meta": meta }))
            .await
            .expect(401);
        assert_eq!(
            (wrong.code(), wrong.pointer()),
            ("PASSWORD_INVALID", "/meta/password")
        );
    }
    caller.post(&path, json!({})).await.expect(401);

    // Guesses are throttled; later is soon enough here.
    w.advance(TimeDelta::minutes(10));
    let (_, seed) = enabled(&w, &caller, &ada).await;
    let wrong = create(&caller, &ada).await.expect(401);
    assert_eq!(
        (wrong.code(), wrong.pointer()),
        ("OTP_INVALID", "/meta/otp")
    );
    w.advance(TimeDelta::seconds(30));
    let body = json!({ "meta": { "otp": seed.code(w.now()) } });
    caller.post(&path, body).await.expect(409);
}

#[tokio::test]
async fn the_seed_is_sealed_in_the_database() {
    let w = World::start().await;
    let (ada, caller) = somebody(&w).await;

    let made = create(&caller, &ada).await.expect(201);

    let stored = dump(&w, "second_factors").await;
    let seed = seed(&made);
    let bytes = format!("{:?}", seed.as_bytes());
    assert!(stored.contains("seed"), "{stored}");
    assert!(!stored.contains(bytes.trim_matches(['[', ']'])));
    assert!(!stored.contains(seed.base32().expose().as_str()));
}
