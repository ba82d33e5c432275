//! Sessions of the portal, as browsers see them.

use chrono::TimeDelta;
use keystead_app::accounts::{Founding, found};
use keystead_server::config::{Config, Tenancy};
use keystead_signing::Secret;
use keystead_testkit::{ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Caller, World};
use serde_json::json;

use crate::tokens::basic;

const PORTAL: &str = "https://portal.acme.example";

fn with_portal(config: &mut Config) {
    config.portal.origin = Some(PORTAL.parse().expect("it is there"));
    config.portal.cookie_domain = Some("acme.example".to_owned());
}

/// A page of the portal, before anybody logged in.
fn page(w: &World) -> Caller {
    w.anyone().with("origin", PORTAL)
}

async fn log_in(w: &World) -> Answer {
    let page = page(w).with("authorization", &basic(ADMIN_EMAIL, ADMIN_PASSWORD));
    page.post("/tokens", json!({})).await.expect(201)
}

/// `name=value` of the cookie that an answer hands out.
fn cookie(answer: &Answer) -> String {
    let line = answer.header("set-cookie");
    line.split(';').next().unwrap_or_default().to_owned()
}

fn takes_cookie(answer: &Answer) -> bool {
    let line = answer.header("set-cookie");
    line.starts_with("session_id=;") && line.contains("expires=Thu, 01 Jan 1970 00:00:00 GMT")
}

#[tokio::test]
async fn the_portal_keeps_a_session_in_a_cookie_that_no_script_reads() {
    let w = World::with(with_portal).await;

    let answer = log_in(&w).await;

    let line = answer.header("set-cookie");
    assert!(
        line.ends_with(
            "; domain=acme.example; path=/; expires=Thu, 08 Jan 2026 00:00:00 GMT; secure; \
             httponly; samesite=None; partitioned"
        ),
        "{line}"
    );
    let me = page(&w).with("cookie", &cookie(&answer));
    let me = me.get("/me").await.expect(200);
    assert_eq!(me.at("/data/attributes/email"), ADMIN_EMAIL);
    assert_eq!(me.header("keygen-token"), answer.id());
    assert_eq!(me.header("set-cookie"), "");
}

#[tokio::test]
async fn a_cookie_counts_on_pages_of_the_portal_alone() {
    let w = World::with(with_portal).await;
    let cookie = cookie(&log_in(&w).await);
    let browser = w.anyone().with("cookie", &cookie);

    for origin in [
        "",
        "null",
        "http://portal.acme.example",
        "https://acme.example",
        "https://portal.acme.example.evil.example",
        "https://portal.acme.example:444",
        "https://evil-portal.acme.example",
        "https://PORTAL.acme.example",
    ] {
        let page = match origin {
            "" => browser.clone(),
            origin => browser.with("origin", origin),
        };
        let answer = page.get("/me").await.expect(401);
        assert_eq!(answer.code(), "TOKEN_MISSING", "{origin}");
        assert_eq!(answer.header("set-cookie"), "", "{origin}");
    }
    let w = World::start().await;
    let page = page(&w).with("cookie", &cookie);
    assert_eq!(page.get("/me").await.expect(401).code(), "TOKEN_MISSING");
}

#[tokio::test]
async fn a_cookie_that_nobody_here_made_is_refused_and_taken_away() {
    let w = World::with(with_portal).await;
    let cookie = cookie(&log_in(&w).await);
    let (_, sealed) = cookie.split_once('=').expect("it is there");
    let mut altered = sealed.to_owned();
    let last = if altered.ends_with('A') { "B" } else { "A" };
    altered.replace_range(altered.len() - 5..altered.len() - 4, last);

    for value in [
        altered.as_str(),
        "nonsense",
        "",
        "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10",
    ] {
        let page = page(&w).with("cookie", &format!("session_id={value}"));
        let answer = page.get("/me").await.expect(401);
        assert_eq!(answer.code(), "SESSION_INVALID", "{value}");
        assert!(takes_cookie(&answer), "{value}");
    }
    let elsewhere = format!("session_id.0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10={sealed}");
    let answer = page(&w).with("cookie", &elsewhere).get("/me").await;
    assert_eq!(answer.expect(401).code(), "TOKEN_MISSING");
}

#[tokio::test]
async fn a_session_is_of_one_account() {
    let w = World::with(|config| {
        with_portal(config);
        config.tenancy = Tenancy::Multi;
    })
    .await;
    let founding = Founding {
        slug: "rival".to_owned(),
        name: "Rival".to_owned(),
        email: "admin@rival.example".to_owned(),
        password: Secret::new("another good password".to_owned()),
        protected: true,
    };
    found(w.app(), founding).await.expect("a second account");
    let cookie = cookie(&log_in(&w).await);

    // The rival's answers are signed with its own keys.
    let spy = page(&w)
        .with("cookie", &cookie)
        .with("keygen-accept-signature", "algorithm=\"ecdsa-p256\"");
    let path = "/v1/accounts/rival/me";
    let answer = spy.send_raw(reqwest::Method::GET, path, None).await;

    assert_eq!(answer.expect(401).code(), "SESSION_INVALID");
}

#[tokio::test]
async fn revoking_its_token_ends_a_session_with_the_next_request() {
    let w = World::with(with_portal).await;
    let opened = log_in(&w).await;
    let browser = page(&w).with("cookie", &cookie(&opened));

    let gone = browser.delete(&format!("/tokens/{}", opened.id())).await;

    assert!(takes_cookie(&gone.expect(204)));
    let answer = browser.get("/me").await.expect(401);
    assert_eq!(answer.code(), "SESSION_INVALID");
}

#[tokio::test]
async fn somebody_elses_revocation_ends_it_too_and_takes_no_cookie_of_theirs() {
    let w = World::with(with_portal).await;
    let opened = log_in(&w).await;
    let browser = page(&w).with("cookie", &cookie(&opened));

    let path = format!("/tokens/{}", opened.id());
    let gone = w.admin().with("origin", PORTAL).delete(&path).await;

    assert_eq!(gone.expect(204).header("set-cookie"), "");
    browser.get("/me").await.expect(401);
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used() {
    let w = World::with(with_portal).await;
    let browser = page(&w).with("cookie", &cookie(&log_in(&w).await));
    browser.get("/me").await.expect(200);

    w.advance(TimeDelta::days(7) + TimeDelta::seconds(1));

    let answer = browser.get("/me").await.expect(401);
    assert_eq!(answer.code(), "SESSION_EXPIRED");
    assert!(takes_cookie(&answer));
}

#[tokio::test]
async fn use_keeps_a_session_alive_for_two_weeks_and_no_longer() {
    let w = World::with(with_portal).await;
    let opened = log_in(&w).await;
    let browser = page(&w).with("cookie", &cookie(&opened));
    w.advance(TimeDelta::days(7) - TimeDelta::minutes(30));

    let near = browser.get("/me").await.expect(200);
    assert!(
        near.header("set-cookie")
            .contains("expires=Thu, 08 Jan 2026 01:00:00 GMT"),
        "{}",
        near.header("set-cookie")
    );
    w.advance(TimeDelta::minutes(30));
    assert_eq!(
        browser.get("/me").await.expect(200).header("set-cookie"),
        ""
    );
    for _ in 0..400 {
        w.advance(TimeDelta::minutes(50));
        if browser.get("/me").await.status == 401 {
            break;
        }
    }

    let lived = w.now()
        - "2026-01-01T00:00:00Z"
            .parse::<chrono::DateTime<chrono::Utc>>()
            .expect("it is there");
    assert!(lived > TimeDelta::days(13), "{lived}");
    assert!(lived < TimeDelta::days(14) + TimeDelta::hours(1), "{lived}");
}

#[tokio::test]
async fn a_new_secret_ends_all_sessions_and_opens_one_for_whoever_asked() {
    let w = World::with(with_portal).await;
    let opened = log_in(&w).await;
    let browser = page(&w).with("cookie", &cookie(&opened));

    let again = browser.put("/tokens", json!({})).await.expect(200);

    browser.get("/me").await.expect(401);
    let browser = page(&w).with("cookie", &cookie(&again));
    browser.get("/me").await.expect(200);
    let path = format!("/tokens/{}", opened.id());
    let again = w.admin().put(&path, json!({})).await.expect(200);
    assert_eq!(again.header("set-cookie"), "");
    browser.get("/me").await.expect(401);
}

#[tokio::test]
async fn a_token_for_somebody_else_opens_no_session() {
    let w = World::with(with_portal).await;
    let ada = w.user("ada@example.com").await;
    let browser = page(&w).with("cookie", &cookie(&log_in(&w).await));
    let body = json!({ "data": {
        "type": "tokens",
        "relationships": { "bearer": { "data": { "type": "users", "id": ada } } },
    } });

    let answer = browser.post("/tokens", body).await.expect(201);

    assert_eq!(answer.header("set-cookie"), "");
}

#[tokio::test]
async fn a_wrong_password_takes_the_cookie_and_a_header_wins_over_it() {
    let w = World::with(with_portal).await;
    let browser = page(&w).with("cookie", &cookie(&log_in(&w).await));

    let wrong = browser.with("authorization", &basic(ADMIN_EMAIL, "wrong"));
    let answer = wrong.post("/tokens", json!({})).await.expect(401);
    assert!(takes_cookie(&answer));

    let product = w.product().await;
    let token = w.product_token(&product).await;
    let both = browser.with("authorization", &format!("Bearer {token}"));
    let me = both.get("/me").await.expect(200);
    assert_eq!(me.header("keygen-bearer"), product);
}
