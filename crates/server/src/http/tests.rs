//! The front over real connections, with an API that says what it was given.

mod answers;
mod connections;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use keystead_api::transport::{AccountSegment, RequestId, RequestLine};
use keystead_domain::Ids;
use poem::endpoint::make;
use poem::{EndpointExt, Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Front, Health, Limits, Listening, Manners, Names, Proxies, serve};

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
            names: Names::default(),
            trusted_proxies: Proxies::default(),
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
