//! Request bodies: syntax when the request arrives, shape when the handler reads it, because
//! some endpoints authorise in between (identity §3.4).

use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use keystead_domain::Code;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::negotiate::{self, Content};
use crate::problem::{Cause, Error, PAYLOAD_TOO_LARGE, Result};
use crate::shape::{self, Guards, Shape, Source};
use crate::{json, syntax, versions};

/// Bytes of a body that are read where the pipeline didn't read it already.
const MAX_BYTES: usize = 1024 * 1024;

/// The JSON body of a request, documented with `T`'s schema and read as `T` on demand.
#[derive(Debug)]
pub struct Body<T> {
    document: Map<String, Value>,
    wanted: PhantomData<fn() -> T>,
}

impl<T: Type + DeserializeOwned + 'static> Body<T> {
    /// A text of the body's `meta`, before its shape is judged: what proves somebody counts first.
    pub fn meta(&self, name: &str) -> Option<&str> {
        meta(&self.document, name)
    }

    /// The same body, to be read as an older version had it.
    pub fn of<U>(self) -> Body<U> {
        Body {
            document: self.document,
            wanted: PhantomData,
        }
    }

    /// Judges the body's shape and reads it.
    ///
    /// # Errors
    /// The first fault of its shape, or a null byte in one of its texts (400).
    pub fn read(self, guards: &Guards) -> Result<T> {
        let mut document = Value::Object(self.document);
        let renamed = versions::upgrade_request(guards.version, &mut document)?;
        let faults = Shape::of::<T>().check(&mut document, guards, Source::Body);
        if let Some(fault) = faults.into_iter().next() {
            return Err(renamed.as_sent(fault).problem(Source::Body).into());
        }
        if holds_null_byte(&document) {
            return Err(syntax::null_byte().into());
        }
        shape::read_judged(document)
    }
}

/// Whether a text or key anywhere in `value` holds a null byte, which no text column stores.
fn holds_null_byte(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_null_byte),
        Value::Object(members) => members.values().any(holds_null_byte),
        _ => false,
    }
}

/// A body that the pipeline parsed before anything else looked at the request.
#[derive(Clone)]
struct Parsed(Arc<Mutex<Map<String, Value>>>);

/// Reads and parses the body now, so that its syntax is judged before the account's existence.
///
/// Returns the bytes as sent. The handler's [`Body`] takes the parsed document.
///
/// # Errors
/// When the body is larger than `max_bytes`, is no JSON, or its type is no media type.
pub async fn parse_early(request: &mut Request, max_bytes: usize) -> Result<Bytes> {
    let bytes = read_bytes(request.take_body(), max_bytes).await?;
    let document = parse(request.content_type(), &bytes)?;
    request
        .extensions_mut()
        .insert(Parsed(Arc::new(Mutex::new(document))));
    Ok(bytes)
}

/// A text of the `meta` of a body that [`parse_early`] read.
pub fn peek_meta(request: &Request, name: &str) -> Option<String> {
    let Parsed(document) = request.extensions().get::<Parsed>()?;
    let document = document.lock().unwrap_or_else(PoisonError::into_inner);
    meta(&document, name).map(str::to_owned)
}

fn meta<'a>(document: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    document.get("meta")?.get(name)?.as_str()
}

async fn read_bytes(body: poem::Body, max_bytes: usize) -> Result<Bytes> {
    body.into_bytes_limit(max_bytes)
        .await
        .map_err(|error| match error {
            poem::error::ReadBodyError::PayloadTooLarge => Cause::Line(&PAYLOAD_TOO_LARGE).into(),
            _ => Error::unreadable(Code::JsonInvalid),
        })
}

fn parse(content_type: Option<&str>, bytes: &[u8]) -> Result<Map<String, Value>> {
    match negotiate::content(content_type)? {
        Content::Json => {
            json::document(bytes).map_err(|json::Invalid| Error::unreadable(Code::JsonInvalid))
        }
        Content::Ignored => Ok(Map::new()),
    }
}

impl<'a, T: Type + DeserializeOwned + 'static> ApiExtractor<'a> for Body<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
        assert_readable::<T>();
    }

    fn request_meta() -> Option<MetaRequest> {
        let media = |content_type| MetaMediaType {
            content_type,
            schema: schema_of::<T>(),
        };
        Some(MetaRequest {
            description: None,
            content: vec![media("application/vnd.api+json"), media("application/json")],
            required: Shape::of::<T>().requires_anything(),
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let document = match request.extensions().get::<Parsed>() {
            Some(Parsed(document)) => {
                std::mem::take(&mut *document.lock().unwrap_or_else(PoisonError::into_inner))
            }
            None => {
                let bytes = read_bytes(body.take()?, MAX_BYTES).await?;
                parse(request.content_type(), &bytes)?
            }
        };
        Ok(Self {
            document,
            wanted: PhantomData,
        })
    }
}

fn schema_of<T: Type>() -> MetaSchemaRef {
    T::schema_ref()
}

/// Proves that `T` reads what its schema promises, so that a forgotten `serde(default)` or a
/// renamed field is found when the service starts and not by a client.
///
/// # Panics
/// When it doesn't.
fn assert_readable<T: Type + DeserializeOwned + 'static>() {
    let shape = Shape::of::<T>();
    for every_key in [false, true] {
        let sample = shape.sample(every_key);
        let read = serde_json::from_value::<T>(sample.clone());
        assert!(
            read.is_ok(),
            "{} can't read {sample}: {:?}",
            T::name(),
            read.err()
        );
    }
}

#[cfg(test)]
mod tests;
