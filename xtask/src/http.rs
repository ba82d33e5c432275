//! Just enough HTTP to set a server up: one request, one connection, JSON both ways.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;

const JSON_API: &str = "application/vnd.api+json";

/// A server and who we are to it.
pub struct Client {
    /// Host and port.
    address: String,
    authorization: String,
}

impl Client {
    /// Authenticates with email and password.
    pub fn basic(url: &str, email: &str, password: &str) -> Self {
        let credentials = BASE64_STANDARD.encode(format!("{email}:{password}"));
        Self::with(url, format!("Basic {credentials}"))
    }

    /// Authenticates with a token.
    pub fn bearer(url: &str, token: &str) -> Self {
        Self::with(url, format!("Bearer {token}"))
    }

    /// Authenticates with a license key.
    pub fn license(url: &str, key: &str) -> Self {
        Self::with(url, format!("License {key}"))
    }

    fn with(url: &str, authorization: String) -> Self {
        let address = url.trim_start_matches("http://").trim_end_matches('/');
        Self {
            address: address.to_owned(),
            authorization,
        }
    }

    /// Fetches a document.
    pub fn get(&self, path: &str) -> Result<Value> {
        self.send("GET", path, None)
    }

    /// Sends a document and returns the answer's.
    pub fn post(&self, path: &str, document: &Value) -> Result<Value> {
        self.send("POST", path, Some(document))
    }

    fn send(&self, method: &str, path: &str, document: Option<&Value>) -> Result<Value> {
        let body = document.map(Value::to_string).unwrap_or_default();
        let mut stream = TcpStream::connect(&self.address)
            .with_context(|| format!("nobody listens on {}", self.address))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        // HTTP/1.0, so that the answer ends with the connection and never comes in chunks.
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nAuthorization: {}\r\nAccept: {JSON_API}\r\n\
             Content-Type: {JSON_API}\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            self.authorization,
            body.len()
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;

        let answer = String::from_utf8(answer)?;
        let (status, document) = parse(&answer)?;
        if !(200..300).contains(&status) {
            bail!("{method} {path} was answered {status}: {document}");
        }
        Ok(document)
    }
}

fn parse(answer: &str) -> Result<(u16, Value)> {
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .context("an answer without a head")?;
    let status = head
        .split_whitespace()
        .nth(1)
        .and_then(|status| status.parse().ok())
        .context("an answer without a status")?;
    let document = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_str(body).with_context(|| format!("not JSON: {body}"))?
    };
    Ok((status, document))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_status_and_a_document() {
        let (status, document) =
            parse("HTTP/1.0 201 Created\r\ncontent-type: a\r\n\r\n{\"data\":1}").unwrap();

        assert_eq!(status, 201);
        assert_eq!(document["data"], 1);
        assert_eq!(
            parse("HTTP/1.0 204 No Content\r\n\r\n").unwrap(),
            (204, Value::Null)
        );
        assert!(parse("nonsense").is_err());
    }
}
