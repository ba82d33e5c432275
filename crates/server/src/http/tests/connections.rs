//! How long a connection and a request on it may be, and how long they may last.

use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::*;

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
