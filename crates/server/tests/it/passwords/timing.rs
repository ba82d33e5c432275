//! The time a refusal takes: it must not tell who exists.

use std::time::{Duration, Instant};

use keystead_testkit::World;
use serde_json::json;

use super::{log_in, somebody};

/// The fastest of a few tries: what the work takes, whatever else the machine does.
async fn fastest(w: &World, email: &str) -> Duration {
    let mut fastest = Duration::MAX;
    for _ in 0..4 {
        let start = Instant::now();
        log_in(w, email, "not the password").await.expect(401);
        fastest = fastest.min(start.elapsed());
    }
    fastest
}

#[tokio::test]
async fn who_is_unknown_or_has_no_password_waits_as_long_as_who_has_the_wrong_one() {
    let w = World::start().await;
    let _ada = somebody(&w).await;
    let attributes = json!({ "email": "grace@example.com" });
    let body = json!({ "data": { "type": "users", "attributes": attributes } });
    w.admin().post("/users", body).await.expect(201);
    // A request that hashes nothing takes a fraction of one that does.
    let start = Instant::now();
    w.anyone().post("/tokens", json!({})).await.expect(401);
    let idle = start.elapsed();

    let wrong = fastest(&w, "ada@example.com").await;
    let unknown = fastest(&w, "eve@example.com").await;
    let without = fastest(&w, "grace@example.com").await;

    assert!(idle < wrong, "{idle:?} {wrong:?}");
    for other in [unknown, without] {
        // Wide, so that a busy machine passes.
        assert!(
            other * 3 > wrong && wrong * 3 > other,
            "{other:?} {wrong:?}"
        );
    }
}
