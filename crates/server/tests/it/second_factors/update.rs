//! Second factors, as clients see them: enable, disable, delete.

use chrono::TimeDelta;
use keystead_testkit::World;
use serde_json::json;
use tokio::join;

use super::{create, enabled, seed, switch};
use crate::passwords::somebody;

#[tokio::test]
async fn an_enabled_factor_shows_nothing_that_makes_codes() {
    let w = World::start().await;
    let (ada, caller) = somebody(&w).await;

    let (path, _) = enabled(&w, &caller, &ada).await;

    let shown = caller.get(&path).await.expect(200);
    assert_eq!(shown.at("/data/attributes/enabled"), true);
    assert!(
        shown.at("/data/attributes/secret").is_null(),
        "{}",
        shown.text
    );
    assert!(shown.at("/data/attributes/uri").is_null());
}

#[tokio::test]
async fn a_code_is_good_once_and_in_its_time() {
    let w = World::start().await;
    let (ada, caller) = somebody(&w).await;
    let made = create(&caller, &ada).await.expect(201);
    let seed = seed(&made);
    let path = format!("/users/{ada}/second-factors/{}", made.id());
    let code = seed.code(w.now());

    let wrong = switch(&caller, &path, true, "000000").await.expect(401);
    assert_eq!(
        (wrong.code(), wrong.pointer()),
        ("OTP_INVALID", "/meta/otp")
    );
    switch(&caller, &path, true, &code).await.expect(200);
    switch(&caller, &path, false, &code).await.expect(401);
    let next = seed.code(w.now() + TimeDelta::seconds(30));
    switch(&caller, &path, false, &next).await.expect(401);
    // Ten minutes, because guesses are throttled.
    w.advance(TimeDelta::minutes(10));
    let later = seed.code(w.now());
    switch(&caller, &path, false, &later).await.expect(200);
}

#[tokio::test]
async fn of_two_who_send_the_same_code_one_gets_through() {
    let w = World::start().await;
    let (ada, caller) = somebody(&w).await;
    let made = create(&caller, &ada).await.expect(201);
    let path = format!("/users/{ada}/second-factors/{}", made.id());
    let code = seed(&made).code(w.now());

    let (a, b) = join!(
        switch(&caller, &path, true, &code),
        switch(&caller, &path, true, &code),
    );

    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401], "{} {}", a.text, b.text);
}

#[tokio::test]
async fn an_enabled_factor_goes_with_a_code_only() {
    let w = World::start().await;
    let (ada, caller) = somebody(&w).await;
    let made = create(&caller, &ada).await.expect(201);
    let path = format!("/users/{ada}/second-factors/{}", made.id());
    caller.delete(&path).await.expect(204);

    // Guesses are throttled; later is soon enough here.
    w.advance(TimeDelta::minutes(10));
    let (path, seed) = enabled(&w, &caller, &ada).await;
    let refused = caller.delete(&path).await.expect(401);
    assert_eq!(refused.code(), "OTP_INVALID");
    w.advance(TimeDelta::seconds(30));
    let body = json!({ "meta": { "otp": seed.code(w.now()) } });
    caller
        .send(reqwest::Method::DELETE, &path, Some(body))
        .await
        .expect(204);
    caller.get(&path).await.expect(404);
}

#[tokio::test]
async fn what_is_missing_is_told() {
    let w = World::start().await;
    let (ada, caller) = somebody(&w).await;
    let made = create(&caller, &ada).await.expect(201);
    let path = format!("/users/{ada}/second-factors/{}", made.id());
    let data = json!({ "type": "second_factor", "attributes": { "enabled": true } });

    let refused = caller
        .patch(&path, json!({ "data": data }))
        .await
        .expect(400);
    assert_eq!(
        (refused.detail(), refused.pointer()),
        ("is missing", "/meta")
    );
    caller
        .patch(&path, json!({ "meta": { "otp": "000000" } }))
        .await
        .expect(400);
}
