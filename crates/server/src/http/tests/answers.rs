//! What every answer has, and what is answered without the API.

use super::*;

#[tokio::test]
async fn the_api_sees_the_routed_path_and_the_original_line() {
    let f = Fixture::start(LIMITS).await;

    let named = f.get("/v1/accounts/acme/users/?limit=2").await;
    let id = named.headers()["x-request-id"].to_str().unwrap().to_owned();
    let plain = f.get("/v1/users").await.text().await.unwrap();

    let host = f.address;
    assert_eq!(
        named.text().await.unwrap(),
        format!("/v1/users /v1/accounts/acme/users/?limit=2 {host} Some(\"acme\") {id}")
    );
    assert!(
        plain.starts_with(&format!("/v1/users /v1/users {host} None ")),
        "{plain}"
    );
}

#[tokio::test]
async fn every_answer_has_a_request_id_of_its_own() {
    let f = Fixture::start(LIMITS).await;

    let first = f.get("/v1/me").await.headers()["x-request-id"].clone();
    let second = f.get("/livez").await.headers()["x-request-id"].clone();

    assert_eq!(first, "00000000-0000-0000-0000-000000000001");
    assert_eq!(second, "00000000-0000-0000-0000-000000000002");
}

#[tokio::test]
async fn health_and_ping_need_no_api() {
    let f = Fixture::with(LIMITS, false, Duration::from_secs(10)).await;

    let statuses = [
        ("/livez", 200),
        ("/readyz", 200),
        ("/v1/health", 204),
        ("/v1/ping", 200),
        ("/v1/accounts/acme/ping", 200),
        ("/v1/me", 404),
    ];
    for (path, status) in statuses {
        assert_eq!(f.get(path).await.status(), status, "{path}");
    }
    assert_eq!(f.get("/v1/ping").await.text().await.unwrap(), "");
    assert_eq!(error(f.get("/v1/me").await).await.2, "NOT_FOUND");
}

#[tokio::test]
async fn what_is_wrong_is_said_by_readyz() {
    let broken = Health::new(async || Err("the database does not answer".to_owned()));
    let draining = Health::new(async || Ok(()));
    draining.drain();

    assert_eq!(
        broken.ready().await,
        Err("the database does not answer".to_owned())
    );
    assert_eq!(draining.ready().await, Err("draining".to_owned()));
}

#[tokio::test]
async fn a_draining_server_is_alive_but_not_ready() {
    let f = Fixture::start(LIMITS).await;

    f.health.drain();

    assert_eq!(f.get("/readyz").await.status(), 503);
    assert_eq!(f.get("/livez").await.status(), 200);
}

#[tokio::test]
async fn a_panic_is_answered_and_hurts_nobody_else() {
    let f = Fixture::start(LIMITS).await;

    let (status, title, _, named) = error(f.get("/v1/panic").await).await;

    assert_eq!((status, title.as_str()), (500, "Internal server error"));
    assert!(named, "support asks for the id");
    assert_eq!(f.get("/v1/me").await.status(), 200);
}

#[tokio::test]
async fn every_answer_has_manners_whoever_made_it() {
    let f = Fixture::start(Limits {
        request_timeout: Duration::from_millis(50),
        ..LIMITS
    })
    .await;

    for path in ["/livez", "/v1/ping", "/v1/users", "/v1/panic", "/v1/wait"] {
        let answer = f.get(path).await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "SAMEORIGIN", "{path}");
        assert!(header("content-security-policy").starts_with("default-src 'none';"));
        assert!(header("strict-transport-security").starts_with("max-age="));
        assert!(header("report-to").contains("https://api.example.com/-/csp-reports"));
        assert!(!answer.headers().contains_key("access-control-allow-origin"));
    }
}

#[tokio::test]
async fn anybodys_scripts_may_read_and_the_portals_may_use_cookies() {
    let f = Fixture::start(LIMITS).await;
    let ask = async |origin: &str| {
        let request = reqwest::Client::new().get(f.url("/v1/users"));
        let answer = request.header("origin", origin).send().await.unwrap();
        let header = |name: &str| {
            let value = answer.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned())
        };
        assert!(
            header("access-control-expose-headers")
                .unwrap()
                .contains("keygen-signature")
        );
        assert_eq!(header("vary").as_deref(), Some("Origin"));
        (
            header("access-control-allow-origin").unwrap(),
            header("access-control-allow-credentials"),
        )
    };

    let everybody = ("*".to_owned(), None);
    assert_eq!(ask("https://shop.example.net").await, everybody);
    assert_eq!(ask("http://portal.example.com").await, everybody);
    assert_eq!(
        ask(PORTAL).await,
        (PORTAL.to_owned(), Some("true".to_owned()))
    );
}

#[tokio::test]
async fn a_script_that_asks_first_may_send_whatever_it_likes() {
    let f = Fixture::start(LIMITS).await;
    let ask = reqwest::Client::new()
        .request(
            reqwest::Method::OPTIONS,
            f.url("/v1/accounts/acme/machines"),
        )
        .header("origin", "https://shop.example.net")
        .header("access-control-request-method", "PATCH")
        .header("access-control-request-headers", "authorization, x-odd");

    let answer = ask.send().await.unwrap();

    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().unwrap();
    assert_eq!(
        header("access-control-allow-headers"),
        "authorization, x-odd"
    );
    assert!(header("access-control-allow-methods").contains("PATCH"));
    assert_eq!(header("access-control-max-age"), "86400");
    assert_eq!(header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn reports_of_browsers_are_taken_up_to_a_size() {
    let f = Fixture::start(LIMITS).await;
    let send = async |bytes: usize| {
        let request = reqwest::Client::new().post(f.url("/-/csp-reports"));
        request
            .body("x".repeat(bytes))
            .send()
            .await
            .unwrap()
            .status()
    };

    assert_eq!(send(10 * 1024).await, 202);
    assert_eq!(send(10 * 1024 + 1).await, 413);
}

#[tokio::test]
async fn what_a_proxy_took_over_plain_http_is_sent_to_https() {
    let f = Fixture::start(LIMITS).await;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let plain = |path: &str| client.get(f.url(path)).header("x-forwarded-proto", "http");

    let moved = plain("/v1/users?limit=1").header("host", "api.example.com");
    let moved = moved.send().await.unwrap();
    let health = plain("/v1/health").send().await.unwrap();

    assert_eq!(moved.status(), 301);
    let place = moved.headers()["location"].to_str().unwrap();
    assert_eq!(place, "https://api.example.com/v1/users?limit=1");
    assert_eq!(health.status(), 204);
}
