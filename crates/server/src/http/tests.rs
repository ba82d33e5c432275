//! The front over real connections, with an API that says what it was given.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use keystead_api::transport::{AccountSegment, RequestId, RequestLine};
use keystead_domain::Ids;
use poem::endpoint::make;
use poem::{EndpointExt, Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Front, Health, Limits, Listening, Manners, serve};

const PORTAL: &str = "https://portal.example.com";

const LIMITS: Limits = Limits {
    max_header_bytes: 8192,
    max_url_bytes: 100,
    max_connections: 10,
    request_timeout: Duration::from_secs(10),
    idle_timeout: Duration::from_secs(10),
};

/// A front on a free port.
struct Fixture {
    address: SocketAddr,
    stop: CancellationToken,
    health: Health,
    served: JoinHandle<()>,
    /// A request to `/v1/wait` tells `arrived`, waits for `go`, and tells `done`.
    arrived: Arc<Notify>,
    go: Arc<Notify>,
    done: Arc<Notify>,
}

impl Fixture {
    async fn start(limits: Limits) -> Self {
        Self::with(limits, true, Duration::from_secs(10)).await
    }

    async fn with(limits: Limits, has_api: bool, drain_timeout: Duration) -> Self {
        let [arrived, go, done] = [(); 3].map(|()| Arc::new(Notify::new()));
        let told = [arrived.clone(), go.clone(), done.clone()];
        let api = make(move |request| api(request, told.clone())).boxed();
        let health = Health::new(async || Ok(()));
        let next = std::sync::atomic::AtomicU64::new(1);
        let front = Front {
            api: has_api.then(|| Arc::new(api)),
            health: health.clone(),
            ids: Ids::new(move || {
                let count = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                uuid::Uuid::from_u64_pair(0, count)
            }),
            limits,
            manners: Manners::new("https://api.example.com", Some(PORTAL.to_owned())),
            trusted_proxies: Vec::new(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let listening = Listening {
            address,
            stop: stop.clone(),
            drain_timeout,
        };
        let served = tokio::spawn(serve(listener, Arc::new(front), limits, listening));
        Self {
            address,
            stop,
            health,
            served,
            arrived,
            go,
            done,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        reqwest::get(self.url(path)).await.unwrap()
    }

    /// Sends these bytes and returns all that comes back until the connection closes.
    async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        // A refusal may come with a reset, when not everything sent was read.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    }
}

async fn api(request: Request, [arrived, go, done]: [Arc<Notify>; 3]) -> poem::Result<Response> {
    match request.uri().path() {
        "/v1/wait" => {
            arrived.notify_one();
            go.notified().await;
            done.notify_one();
            Ok("waited".into())
        }
        "/v1/panic" => panic!("a bug"),
        path => {
            let extensions = request.extensions();
            let line = extensions.get::<RequestLine>().unwrap();
            let account = &extensions.get::<AccountSegment>().unwrap().0;
            Ok(format!(
                "{path} {} {} {account:?} {}",
                line.original_path_and_query,
                line.host,
                extensions.get::<RequestId>().unwrap()
            )
            .into())
        }
    }
}

/// Status, title and code of the only error, and whether it names the request's id.
async fn error(response: reqwest::Response) -> (u16, String, String, bool) {
    let status = response.status().as_u16();
    assert_eq!(
        response.headers()["content-type"],
        "application/vnd.api+json; charset=utf-8"
    );
    let header = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let document: serde_json::Value = response.json().await.unwrap();
    let named = document["meta"]["id"] == header.as_str();
    assert!(named || document.get("meta").is_none());
    assert_eq!(document["errors"].as_array().unwrap().len(), 1);
    let text = |name: &str| {
        document["errors"][0][name]
            .as_str()
            .unwrap_or("")
            .to_owned()
    };
    (status, text("title"), text("code"), named)
}

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
async fn a_long_url_is_refused() {
    let f = Fixture::start(LIMITS).await;

    let fits = f.get(&format!("/{}", "x".repeat(99))).await;
    let too_long = f.get(&format!("/?{}", "x".repeat(99))).await;

    assert_eq!(fits.status(), 200);
    assert_eq!(error(too_long).await.0, 414);
}

#[tokio::test]
async fn a_large_head_is_refused() {
    let f = Fixture::start(LIMITS).await;
    let head = |bytes: usize| {
        format!(
            "GET /v1/me HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx: {}\r\n\r\n",
            "x".repeat(bytes)
        )
    };

    let fits = f.raw(head(6000).as_bytes()).await;
    let too_large = f.raw(head(20_000).as_bytes()).await;

    assert!(fits.starts_with("HTTP/1.1 200 "), "{fits}");
    assert!(too_large.starts_with("HTTP/1.1 431 "), "{too_large}");
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let f = Fixture::start(Limits {
        request_timeout: Duration::from_millis(50),
        ..LIMITS
    })
    .await;

    let (status, title, _, named) = error(f.get("/v1/wait").await).await;

    assert_eq!((status, title.as_str()), (503, "Request timeout"));
    assert!(!named, "a time-out goes without `meta`");
}

#[tokio::test]
async fn what_was_begun_is_finished_though_nobody_waits_any_more() {
    let f = Fixture::start(Limits {
        request_timeout: Duration::from_millis(50),
        ..LIMITS
    })
    .await;
    assert_eq!(f.get("/v1/wait").await.status(), 503);

    f.go.notify_one();

    let done = tokio::time::timeout(Duration::from_secs(10), f.done.notified()).await;
    assert!(done.is_ok(), "the work was cut short");
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
async fn a_client_that_says_nothing_is_disconnected() {
    let f = Fixture::start(Limits {
        idle_timeout: Duration::from_millis(50),
        ..LIMITS
    })
    .await;

    assert_eq!(f.raw(b"").await, "", "nothing at all");
    assert_eq!(
        f.raw(b"GET /v1/me HTTP/1.1\r\nhost:").await,
        "",
        "half a head"
    );
    let kept_alive = f.raw(b"GET /v1/me HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(
        kept_alive.starts_with("HTTP/1.1 200 "),
        "no second request: {kept_alive}"
    );
}

#[tokio::test]
async fn http2_is_spoken_too() {
    let f = Fixture::start(LIMITS).await;
    let stream = TcpStream::connect(f.address).await.unwrap();
    let (mut client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);

    let request = hyper::Request::get("http://example.com/v1/users")
        .body(String::new())
        .unwrap();
    let answer = client.send_request(request).await.unwrap();
    let body = answer.into_body().collect().await.unwrap().to_bytes();

    let text = String::from_utf8_lossy(&body);
    assert!(
        text.starts_with("/v1/users /v1/users example.com None "),
        "{text}"
    );
}

#[tokio::test]
async fn more_connections_than_allowed_wait_their_turn() {
    let f = Fixture::start(Limits {
        max_connections: 1,
        ..LIMITS
    })
    .await;
    let first = tokio::spawn(reqwest::get(f.url("/v1/wait")));
    f.arrived.notified().await;

    let second = tokio::spawn(reqwest::get(f.url("/v1/wait")));
    let early = tokio::time::timeout(Duration::from_millis(100), f.arrived.notified()).await;
    f.go.notify_one();
    let answered = first.await.unwrap().unwrap().text().await.unwrap();
    f.arrived.notified().await;
    f.go.notify_one();

    assert!(
        early.is_err(),
        "the second request got through beside the first"
    );
    assert_eq!(answered, "waited");
    assert_eq!(
        second.await.unwrap().unwrap().text().await.unwrap(),
        "waited"
    );
}

#[tokio::test]
async fn a_running_request_is_finished_before_the_server_stops() {
    let f = Fixture::start(LIMITS).await;
    let idle = TcpStream::connect(f.address).await.unwrap();
    let running = tokio::spawn(reqwest::get(f.url("/v1/wait")));
    f.arrived.notified().await;

    f.stop.cancel();
    while TcpStream::connect(f.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    f.go.notify_one();

    assert_eq!(
        running.await.unwrap().unwrap().text().await.unwrap(),
        "waited"
    );
    f.served.await.unwrap();
    drop(idle);
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_the_server_from_stopping() {
    let f = Fixture::with(LIMITS, true, Duration::from_millis(50)).await;
    let running = tokio::spawn(reqwest::get(f.url("/v1/wait")));
    f.arrived.notified().await;

    f.stop.cancel();
    f.served.await.unwrap();

    assert!(
        running.await.unwrap().is_err(),
        "the connection was dropped"
    );
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
