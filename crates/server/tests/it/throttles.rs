//! Guessing is slowed down where it comes from, and nobody else is.

use chrono::TimeDelta;
use keystead_server::config::Config;
use keystead_testkit::{ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Caller, World};
use serde_json::{Value, json};

use crate::tokens::basic;

fn behind_a_proxy(config: &mut Config) {
    config.http.trusted_proxies = vec!["127.0.0.1/32".parse().expect("it is there")];
}

fn from(w: &World, address: &str) -> Caller {
    w.anyone().with("x-forwarded-for", address)
}

async fn log_in(caller: &Caller, email: &str, password: &str) -> Answer {
    let caller = caller.with("authorization", &basic(email, password));
    caller.post("/tokens", json!({})).await
}

#[tokio::test]
async fn the_sixth_guess_in_a_minute_is_not_even_looked_at() {
    let w = World::with(behind_a_proxy).await;
    let thief = from(&w, "203.0.113.66");
    w.advance(TimeDelta::seconds(10));
    for _ in 0..5 {
        let answer = log_in(&thief, ADMIN_EMAIL, "guess").await.expect(401);
        assert_eq!(answer.code(), "PASSWORD_INVALID");
    }

    let answer = log_in(&thief, ADMIN_EMAIL, ADMIN_PASSWORD)
        .await
        .expect(429);

    assert_eq!(
        answer.body,
        json!({ "errors": [{
        "title": "Too many requests",
        "detail": "Throttle limit has been reached for your IP address. Please slow down. \
                   See https://keystead.dev/docs/api/rate-limiting/ for more info.",
        "code": "TOO_MANY_REQUESTS",
    }] })
    );
    #[rustfmt::skip]
    let headers = [
        ("x-ratelimit-window",    "auth"),
        ("x-ratelimit-count",     "6"),
        ("x-ratelimit-limit",     "5"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset",     "1767225660"),
        ("retry-after",           "50"),
    ];
    for (name, value) in headers {
        assert_eq!(answer.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn the_owner_logs_in_from_elsewhere_meanwhile_and_from_there_a_minute_later() {
    let w = World::with(behind_a_proxy).await;
    let thief = from(&w, "203.0.113.66");
    for _ in 0..20 {
        log_in(&thief, ADMIN_EMAIL, "guess").await;
    }

    let owner = from(&w, "198.51.100.7");
    log_in(&owner, ADMIN_EMAIL, ADMIN_PASSWORD)
        .await
        .expect(201);
    w.user("ada@example.com").await;
    log_in(&thief, "ada@example.com", ADMIN_PASSWORD)
        .await
        .expect(201);
    w.advance(TimeDelta::minutes(1));
    log_in(&thief, ADMIN_EMAIL, ADMIN_PASSWORD)
        .await
        .expect(201);
}

#[tokio::test]
async fn another_spelling_or_another_form_of_the_url_is_no_new_guess() {
    let w = World::with(behind_a_proxy).await;
    let thief = from(&w, "203.0.113.66");
    let shouted = ADMIN_EMAIL.to_uppercase();
    let caller = thief.with("authorization", &basic(&shouted, "guess"));
    for path in ["/v1/tokens", "/v1/accounts/acme/tokens", "/v1/tokens/"] {
        caller
            .send_raw(reqwest::Method::POST, path, None)
            .await
            .expect(401);
    }
    for _ in 0..2 {
        log_in(&thief, ADMIN_EMAIL, "guess").await.expect(401);
    }

    log_in(&thief, ADMIN_EMAIL, "guess").await.expect(429);
}

#[tokio::test]
async fn a_client_that_makes_up_addresses_is_still_one() {
    let w = World::start().await;
    w.user("ada@example.com").await;

    let mut answers = Vec::new();
    for n in 0..6 {
        let thief = from(&w, &format!("203.0.113.{n}"));
        answers.push(log_in(&thief, "ada@example.com", "guess").await.status);
    }

    assert_eq!(answers, [401, 401, 401, 401, 401, 429]);
}

#[tokio::test]
async fn tokens_are_not_throttled() {
    let w = World::start().await;
    for _ in 0..12 {
        w.admin().post("/tokens", json!({})).await.expect(201);
    }
}

#[tokio::test]
async fn password_resets_are_throttled_by_the_address_they_ask_for() {
    let w = World::start().await;
    let ask = |email: &str| json!({ "meta": { "email": email, "deliver": false } });
    for _ in 0..5 {
        let answer = w.anyone().post("/passwords", ask("ada@example.com")).await;
        assert_ne!(answer.status, 429);
    }

    let answer = w.anyone().post("/passwords", ask("Ada@example.com")).await;

    assert_eq!(answer.expect(429).header("x-ratelimit-window"), "rstpwd");
    let answer = w.anyone().post("/passwords", ask("bob@example.com")).await;
    assert_ne!(answer.status, 429);
}

#[tokio::test]
async fn public_windows_are_off_unless_the_operator_sets_them() {
    let w = World::start().await;
    let answer = w.admin().get("/me").await.expect(200);
    assert_eq!(answer.header("x-ratelimit-window"), "");

    let w = World::with(|config| config.limits.requests_per_second = 3).await;
    w.advance(TimeDelta::seconds(1));
    let told = |answer: &Answer| -> Value {
        let names = ["window", "count", "limit", "remaining", "reset"];
        let header = |name: &str| answer.header(&format!("x-ratelimit-{name}")).to_owned();
        names.into_iter().map(header).collect()
    };
    let first = w.admin().get("/me").await.expect(200);
    assert_eq!(told(&first), json!(["1s", "1", "3", "2", "1767225602"]));
    w.admin().get("/me").await.expect(200);
    w.admin().get("/me").await.expect(200);
    let over = w.admin().get("/me").await.expect(429);
    assert_eq!(told(&over), json!(["1s", "4", "3", "0", "1767225602"]));
    assert_eq!(over.header("retry-after"), "1");
    w.anyone().get("/me").await.expect(401);
    w.advance(TimeDelta::seconds(1));
    w.admin().get("/me").await.expect(200);
}
