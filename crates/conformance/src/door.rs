//! The server's front door, entered without a socket: limits, routing, middleware, operations.

use std::sync::Arc;

use keystead_api::cookies::Portal;
use keystead_api::{Options, throttle};
use keystead_app::App;
use keystead_server::config::Config;
use keystead_server::http::{Front, Health, Limits, Manners, Names, Proxies};
use poem::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use poem::{Body, Request};
use serde_json::Value;

use crate::fault::{Outcome, broken, failed};

/// The host that scenarios call when they name none.
pub const HOST: &str = "api.keygen.sh";

/// A way into the application.
pub struct Door(Front);

/// A request as it was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The method.
    pub method: Method,
    /// Path and query as sent.
    pub target: String,
    /// The host that was asked.
    pub host: String,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Outcome<Value> {
        match serde_json::from_slice(&self.bytes) {
            Ok(json) => Ok(json),
            Err(_) => failed(format!("the body is no JSON: {:.200}", self.text())),
        }
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Door {
    /// The door of an application, as the server builds it.
    pub fn new(app: Arc<App>) -> Self {
        let config = Config::default();
        let portal = app.settings.hosts.portal.clone();
        let options = Options {
            docs_url: "https://keygen.sh/docs/api/".to_owned(),
            public_host: None,
            public_url: format!("https://{HOST}"),
            max_body_bytes: config.http.max_body_bytes,
            revision: "conformance",
            portal: portal.clone().map(|origin| Portal {
                origin,
                cookie_domain: Some("keygen.sh".to_owned()),
            }),
            limits: throttle::Limits::default(),
        };
        let names = Names {
            public_url: options.public_url.clone(),
            hosts: app.settings.hosts.clone(),
            multi_account: app.settings.multi_account,
        };
        Self(Front {
            names,
            ids: app.ids.clone(),
            api: Some(Arc::new(keystead_api::endpoint(app, options))),
            health: Health::new(|| async { Ok(()) }),
            limits: Limits::of(&config),
            trusted_proxies: Proxies::default(),
            manners: Manners::new(&format!("https://{HOST}"), portal),
        })
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(
        &self,
        sent: &Sent,
        headers: &[(String, String)],
        body: Option<Vec<u8>>,
    ) -> Outcome<Answer> {
        let Ok(uri) = sent.target.parse::<Uri>() else {
            return broken(format!("{:?} is no request target", sent.target));
        };
        let mut request = Request::builder()
            .method(sent.method.clone())
            .uri(uri)
            .finish();
        let mut all = HeaderMap::new();
        all.insert("host", value(&sent.host)?);
        for (name, text) in headers {
            let Ok(name) = HeaderName::try_from(name.as_str()) else {
                return broken(format!("{name:?} is no header"));
            };
            all.insert(name, value(text)?);
        }
        if let Some(body) = body {
            // What Rack's test client says of a body nobody described.
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            all.entry("content-type").or_insert(form);
            all.insert("content-length", HeaderValue::from(body.len()));
            request.set_body(Body::from(body));
        }
        *request.headers_mut() = all;

        let response = self.0.answer(request).await;
        let (parts, body) = response.into_parts();
        match body.into_bytes().await {
            Ok(bytes) => Ok(Answer {
                status: parts.status.as_u16(),
                headers: parts.headers,
                bytes: bytes.to_vec(),
            }),
            Err(error) => failed(format!("the body broke off: {error}")),
        }
    }
}

fn value(text: &str) -> Outcome<HeaderValue> {
    match HeaderValue::from_bytes(text.as_bytes()) {
        Ok(value) => Ok(value),
        Err(_) => broken(format!("{text:?} can't be sent in a header")),
    }
}

/// Percent-encodes what no request line can hold, as test clients do.
pub fn encode(target: &str) -> String {
    let mut text = String::with_capacity(target.len());
    for byte in target.bytes() {
        match byte {
            0x21 | 0x23..=0x3b | 0x3d | 0x3f..=0x5b | 0x5d | 0x5f | 0x61..=0x7a | 0x7e => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
