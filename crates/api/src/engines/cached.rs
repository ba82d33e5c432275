//! Answers that clients of packages keep for a while and then ask for again (distribution reference
//! §9.1).

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use keystead_signing::digest::Sha256;
use poem::http::{StatusCode, header};
use poem::{IntoResponse, Request, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry,
};

use crate::conditional::{http_date, matches};

/// How long clients may keep an answer: ten minutes, and for themselves.
const CACHE_CONTROL: &str = "max-age=600, private, no-transform";

/// Hex digits of an ETag.
const ETAG_DIGITS: usize = 32;

/// What kind of answer is kept.
pub trait Kind: Send + 'static {
    /// Its type as the description has it.
    const MEDIA: &'static str;
    /// Its content type.
    const CONTENT_TYPE: &'static str;

    /// Its schema.
    fn schema() -> MetaSchemaRef {
        schema!("string")
    }
}

/// A page.
#[derive(Debug)]
pub enum Html {}

impl Kind for Html {
    const MEDIA: &'static str = "text/html";
    const CONTENT_TYPE: &'static str = crate::negotiate::HTML;
}

/// A document.
#[derive(Debug)]
pub enum Json {}

impl Kind for Json {
    const MEDIA: &'static str = "application/json";
    const CONTENT_TYPE: &'static str = crate::negotiate::JSON;

    fn schema() -> MetaSchemaRef {
        schema!("object")
    }
}

/// A text.
#[derive(Debug)]
pub enum Text {}

impl Kind for Text {
    const MEDIA: &'static str = "text/plain";
    const CONTENT_TYPE: &'static str = crate::negotiate::TEXT;
}

/// Bytes that only their readers understand.
#[derive(Debug)]
pub enum Octets {}

impl Kind for Octets {
    const MEDIA: &'static str = "application/octet-stream";
    const CONTENT_TYPE: &'static str = "application/octet-stream";

    fn schema() -> MetaSchemaRef {
        schema!("string", format: Some("binary"))
    }
}

/// An answer that is the same as long as its ETag is: the digest of its bytes.
#[derive(Debug)]
pub struct Cached<K> {
    body: Vec<u8>,
    etag: String,
    modified_at: Option<DateTime<Utc>>,
    known: bool,
    kind: PhantomData<fn() -> K>,
}

impl<K> Cached<K> {
    /// These bytes; nothing but that they are unchanged for who has them already.
    pub fn new(request: &Request, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let mut digest = Sha256::new();
        digest.update(&body);
        let digest = digest.finish_hex();
        let etag = format!("\"{}\"", &digest[..ETAG_DIGITS]);
        let asked = request.headers().get(header::IF_NONE_MATCH);
        let asked = asked.and_then(|asked| asked.to_str().ok());
        Self {
            known: matches(asked, Some(&etag)),
            etag: format!("W/{etag}"),
            body,
            modified_at: None,
            kind: PhantomData,
        }
    }

    /// The same answer, which changed then, as far as it is told.
    #[must_use]
    pub fn modified(self, at: Option<DateTime<Utc>>) -> Self {
        Self {
            modified_at: at,
            ..self
        }
    }
}

impl<K: Kind> IntoResponse for Cached<K> {
    fn into_response(self) -> Response {
        let mut response = Response::builder()
            .header(header::ETAG, self.etag)
            .header(header::CACHE_CONTROL, CACHE_CONTROL);
        if let Some(at) = self.modified_at {
            response = response.header(header::LAST_MODIFIED, http_date(at));
        }
        match self.known {
            true => response.status(StatusCode::NOT_MODIFIED).finish(),
            false => response.content_type(K::CONTENT_TYPE).body(self.body),
        }
    }
}

impl<K: Kind> ApiResponse for Cached<K> {
    fn meta() -> MetaResponses {
        let etag = || MetaHeader {
            name: "ETag".to_owned(),
            description: Some("Changes with the answer; for `If-None-Match`.".to_owned()),
            required: true,
            deprecated: false,
            schema: schema!("string"),
        };
        let content = MetaMediaType {
            content_type: K::MEDIA,
            schema: K::schema(),
        };
        let response = |description, status: StatusCode, content| MetaResponse {
            description,
            status: Some(status.as_u16()),
            status_range: None,
            content,
            headers: vec![etag()],
        };
        MetaResponses {
            responses: vec![
                response("Done.", StatusCode::OK, vec![content]),
                response("Unchanged.", StatusCode::NOT_MODIFIED, Vec::new()),
            ],
        }
    }

    fn register(_registry: &mut Registry) {}
}
