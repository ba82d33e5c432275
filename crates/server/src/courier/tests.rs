//! Tests of the messenger against sockets that behave, and some that don't.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// A receiver that takes one request and answers these bytes; its URL, and what it was sent.
async fn receiver(answer: &'static str) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/in?x=1", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut sent = Vec::new();
        while !sent.ends_with(b"the body") {
            let mut some = [0; 1024];
            let count = socket.read(&mut some).await.unwrap();
            assert_ne!(count, 0, "the request broke off");
            sent.extend_from_slice(&some[..count]);
        }
        socket.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(sent).unwrap()
    });
    (url, served)
}

fn parcel(url: &str) -> Parcel {
    Parcel {
        url: url.to_owned(),
        headers: vec![("X-Test", "yes".to_owned())],
        body: b"the body".to_vec(),
    }
}

async fn carried(reach: Reach, url: &str) -> Result<Receipt, Lost> {
    Messenger::new(reach).unwrap().carry(parcel(url)).await
}

#[tokio::test]
async fn what_is_sent_arrives_and_what_is_said_comes_back() {
    let (url, served) = receiver("HTTP/1.1 201 Created\r\ncontent-length: 4\r\n\r\nyes!").await;

    let receipt = carried(Reach::Internal, &url).await;

    let body = Some("yes!".to_owned());
    assert_eq!(receipt, Ok(Receipt { status: 201, body }));
    let sent = served.await.unwrap();
    assert!(sent.starts_with("POST /in?x=1 HTTP/1.1\r\n"), "{sent}");
    assert!(sent.contains("x-test: yes\r\n"), "{sent}");
}

#[tokio::test]
async fn this_machine_is_not_called_unless_the_operator_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();

    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0",
    ] {
        let url = format!("http://{host}:{port}/");
        assert_eq!(
            carried(Reach::Public, &url).await,
            Err(Lost::HostUnreachable),
            "{host}"
        );
    }
}

#[tokio::test]
async fn redirects_are_answers() {
    let (url, _served) = receiver(
        "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n",
    )
    .await;

    let receipt = carried(Reach::Internal, &url).await;

    assert_eq!(receipt.map(|receipt| receipt.status), Ok(302));
}

#[tokio::test]
async fn nobody_there_and_somebody_who_hangs_up_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let rude = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut some = [0; 4096];
        let _ = socket.read(&mut some).await;
    });

    assert_eq!(carried(Reach::Internal, &nobody).await, Err(Lost::Refused));
    let hung_up = carried(Reach::Internal, &rude).await;
    assert!(
        matches!(hung_up, Err(Lost::Ended | Lost::Reset)),
        "{hung_up:?}"
    );
    let nameless = carried(Reach::Internal, "http://receiver.invalid/").await;
    assert_eq!(nameless, Err(Lost::Unresolved));
}

#[tokio::test]
async fn what_speaks_no_tls_is_told_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut some = [0; 4096];
        let _ = socket.read(&mut some).await;
        let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        // Open until the client has read that, and hangs up.
        let _ = socket.read(&mut some).await;
    });

    assert_eq!(carried(Reach::Internal, &url).await, Err(Lost::Tls));
}

#[tokio::test]
async fn a_long_answer_is_not_kept() {
    let long: &'static str = Box::leak(
        format!(
            "HTTP/1.1 200 OK\r\ncontent-length: 3000\r\n\r\n{}",
            "x".repeat(3_000)
        )
        .into_boxed_str(),
    );
    let (url, _served) = receiver(long).await;

    let receipt = carried(Reach::Internal, &url).await;

    assert_eq!(
        receipt,
        Ok(Receipt {
            status: 200,
            body: None
        })
    );
}
