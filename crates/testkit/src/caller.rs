//! Callers: who a test speaks as. Every signed answer is verified with independent code.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::Answer;

/// Somebody who sends requests, with or without a credential.
#[derive(Clone, Debug)]
pub struct Caller {
    pub(crate) client: reqwest::Client,
    pub(crate) base: String,
    pub(crate) account: String,
    pub(crate) key: VerifyingKey,
    pub(crate) headers: HeaderMap,
}

impl Caller {
    /// The same caller with one more header, or another value of it.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut caller = self.clone();
        caller.headers.insert(
            HeaderName::try_from(name).expect("a header's name"),
            HeaderValue::try_from(value).expect("a header's value"),
        );
        caller
    }

    /// The same caller, who goes nowhere else when told to.
    ///
    /// # Panics
    /// When no such client can be made.
    #[must_use]
    pub fn staying(&self) -> Self {
        let client = reqwest::Client::builder().redirect(Policy::none());
        Self {
            client: client.build().expect("a client"),
            ..self.clone()
        }
    }

    /// Sends `GET`. Paths are below the account, e.g. `/licenses`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// Sends `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Sends `PATCH` with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    /// Sends `PUT` with a JSON body.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    /// Sends `DELETE`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Sends a request below the account.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let path = format!("/v1/accounts/{}{path}", self.account);
        self.send_raw(method, &path, body.map(|body| body.to_string()))
            .await
    }

    /// Sends a request to any path, with any body.
    ///
    /// # Panics
    /// When the server can't be reached, or an answer's signature does not verify.
    pub async fn send_raw(&self, method: Method, path: &str, body: Option<String>) -> Answer {
        let url = format!("{}{path}", self.base);
        let mut request = self
            .client
            .request(method.clone(), &url)
            .headers(self.headers.clone());
        if let Some(body) = body {
            if !self.headers.contains_key("content-type") {
                request = request.header("content-type", "application/vnd.api+json");
            }
            request = request.body(body);
        }
        let response = request.send().await.expect("the server answers");
        let status = response.status().as_u16();
        // What was sent, which is what is signed: odd characters are encoded on the way.
        let url = response.url();
        let sent = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let headers = response.headers().clone();
        let bytes = response.bytes().await.expect("a body");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let answer = Answer {
            status,
            headers,
            text,
            body,
        };
        self.verify(&method, &sent, &answer, &bytes);
        answer
    }

    /// The signature as a client checks it: over method, path, host, date and digest.
    fn verify(&self, method: &Method, path: &str, answer: &Answer, body: &[u8]) {
        let header = answer.header("keygen-signature");
        if header.is_empty() || !header.contains("algorithm=\"ed25519\"") {
            return;
        }
        // Another account signs with its own key.
        if !header.contains(&format!("keyid=\"{}\"", self.account)) {
            return;
        }
        let digest = format!("sha-256={}", STANDARD.encode(Sha256::digest(body)));
        assert_eq!(
            answer.header("keygen-digest"),
            digest,
            "the digest is the body's"
        );
        assert_eq!(answer.header("digest"), digest, "both digests are the same");
        let asked = self.headers.get("host").and_then(|host| host.to_str().ok());
        let host = asked.unwrap_or_else(|| self.base.trim_start_matches("http://"));
        let signed = format!(
            "(request-target): {} {path}\nhost: {host}\ndate: {}\ndigest: {digest}",
            method.as_str().to_lowercase(),
            answer.header("keygen-date"),
        );
        assert!(
            self.verifies(&signed, header),
            "the signature covers the answer"
        );
    }

    /// Whether a `Keygen-Signature` header holds the account's Ed25519 signature of a text.
    ///
    /// # Panics
    /// When it holds no signature at all.
    pub fn verifies(&self, signed: &str, header: &str) -> bool {
        let signature = header
            .split("signature=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .and_then(|text| STANDARD.decode(text).ok())
            .and_then(|bytes| Signature::from_slice(&bytes).ok())
            .expect("an Ed25519 signature in base64");
        self.key
            .verify_strict(signed.as_bytes(), &signature)
            .is_ok()
    }
}
