//! A receiver on this machine: real HTTP, and everything it was sent.

use std::sync::{Arc, Mutex};

use poem::http::{HeaderMap, StatusCode};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Endpoint, IntoResponse, Request, Response, Server};
use serde_json::Value;

/// What a receiver was sent.
#[derive(Clone, Debug)]
pub struct Received {
    pub target: String,
    pub headers: HeaderMap,
    pub text: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    pub fn body(&self) -> Value {
        serde_json::from_str(&self.text).expect("a JSON body")
    }

    /// The document inside the document.
    pub fn payload(&self) -> Value {
        let body = self.body();
        let payload = body["data"]["attributes"]["payload"]
            .as_str()
            .expect("a payload");
        serde_json::from_str(payload).expect("a JSON payload")
    }
}

/// A receiver, and what it says to everything.
#[derive(Clone)]
pub struct Sink {
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    says: Arc<Mutex<(u16, String)>>,
}

struct Inbox(Sink);

impl Endpoint for Inbox {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let target = request
            .uri()
            .path_and_query()
            .map(ToString::to_string)
            .unwrap_or_default();
        let headers = request.headers().clone();
        let text = request.take_body().into_string().await?;
        let received = Received {
            target,
            headers,
            text,
        };
        self.0
            .received
            .lock()
            .expect("nobody panicked")
            .push(received);
        let (status, body) = self.0.says.lock().expect("nobody panicked").clone();
        let status = StatusCode::from_u16(status).expect("a status code");
        Ok(body.with_status(status).into_response())
    }
}

impl Sink {
    /// Listens on a free port until the test ends.
    pub async fn start() -> Self {
        let acceptor = TcpListener::bind("127.0.0.1:0")
            .into_acceptor()
            .await
            .expect("a free port");
        let addr = acceptor.local_addr()[0].as_socket_addr().copied();
        let addr = addr.expect("an address");
        let sink = Self {
            url: format!("http://{addr}/hooks?from=keystead"),
            received: Arc::default(),
            says: Arc::new(Mutex::new((200, "thanks".to_owned()))),
        };
        let inbox = Inbox(sink.clone());
        tokio::spawn(async move { Server::new_with_acceptor(acceptor).run(inbox).await });
        sink
    }

    /// What it answers from now on.
    pub fn say(&self, status: u16, body: &str) {
        *self.says.lock().expect("nobody panicked") = (status, body.to_owned());
    }

    /// What it was sent so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().expect("nobody panicked").clone()
    }
}
