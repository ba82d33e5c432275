//! `/objects/…`: what signed URLs of the local storage lead to. No account, no version, no
//! credentials: the URL is all of it.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::StreamExt;
use keystead_app::{App, artifacts};
use keystead_domain::{Kind, Problem, Refused};
use keystead_storage::{Bytestream, Denied, Grant, Local, StorageError, Verb, encoded};
use poem::http::{HeaderMap, Method, StatusCode, header};
use poem::{Body, Endpoint, Request, Response};

use crate::conditional::{http_date, matches};
use crate::problem::{Cause, Error, PAYLOAD_TOO_LARGE, Result, unknown_endpoint};
use crate::query::Query;
use crate::syntax::percent_decoded;

/// Where the URLs of the local storage begin, below the public URL.
pub const PREFIX: &str = "/objects/";

/// How long an upload may send nothing before it is given up.
const SILENCE: Duration = Duration::from_secs(30);

/// Answers signed URLs.
pub struct Objects(Arc<App>);

impl Objects {
    /// Of the application's storage.
    pub fn new(app: Arc<App>) -> Self {
        Self(app)
    }
}

impl Endpoint for Objects {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let answered = match *request.method() {
            Method::GET | Method::HEAD => serve(&self.0, &request).await,
            Method::PUT => receive(&self.0, request).await,
            _ => Err(unknown_endpoint()),
        };
        Ok(answered.unwrap_or_else(|error| poem::Error::from(error).into_response()))
    }
}

/// What the URL allows.
fn granted<'a>(app: &'a App, verb: Verb, request: &Request) -> Result<(&'a Local, Grant)> {
    let local = app.storage.local().ok_or_else(unknown_endpoint)?;
    let path = request.uri().path().strip_prefix(PREFIX);
    let path = path.and_then(percent_decoded).unwrap_or_default();
    let query = Query::parse(request.uri().query().unwrap_or_default())?;
    let member = |name: &str| query.text(name).map(str::to_owned);
    let grant = local.granted(verb, &path, &member, app.clock.now());
    let grant = grant.map_err(|denied| {
        let detail = match denied {
            Denied::Invalid => "The signature of the URL is not valid",
            Denied::Expired => "The URL has expired",
        };
        Refused::from(Problem::new(Kind::Forbidden, detail))
    })?;
    Ok((local, grant))
}

async fn receive(app: &App, mut request: Request) -> Result<Response> {
    let (local, grant) = granted(app, Verb::Put, &request)?;
    let declared = text(request.headers(), "content-length").and_then(|text| text.parse().ok());
    if declared.is_some_and(|bytes: u64| bytes > app.settings.max_object_bytes) {
        return Err(Cause::Line(&PAYLOAD_TOO_LARGE).into());
    }
    let content_type = text(request.headers(), "content-type").map(str::to_owned);
    let bytes = patient(request.take_body());
    let now = app.clock.now();
    let received = artifacts::receive(app, local, &grant, bytes, content_type, now).await;
    let received = received.map_err(broken)?;
    let mut response = Response::builder().status(StatusCode::OK);
    if let Some(etag) = &received.object.etag {
        response = response.header(header::ETAG, format!("\"{etag}\""));
    }
    Ok(response.finish())
}

/// The bytes of a body, given up when they stop coming.
fn patient(body: Body) -> Bytestream {
    let bytes = Box::pin(body.into_bytes_stream());
    futures::stream::unfold(bytes, |mut bytes| async move {
        match tokio::time::timeout(SILENCE, bytes.next()).await {
            Ok(next) => next.map(|chunk| (chunk, bytes)),
            Err(_) => Some((Err(std::io::ErrorKind::TimedOut.into()), bytes)),
        }
    })
    .boxed()
}

/// Why an upload did not go through.
fn broken(error: keystead_app::Error) -> Error {
    if let keystead_app::Error::Failed(cause) = &error {
        match cause.downcast_ref::<StorageError>() {
            Some(StorageError::TooLarge(_)) => return Cause::Line(&PAYLOAD_TOO_LARGE).into(),
            Some(StorageError::Interrupted(_)) => {
                return Problem::new(Kind::BadRequest, "The upload broke off").into();
            }
            _ => {}
        }
    }
    error.into()
}

async fn serve(app: &App, request: &Request) -> Result<Response> {
    let (local, grant) = granted(app, Verb::Get, request)?;
    let artifact = artifacts::open(app, &grant).await?;
    let headers = request.headers();
    let object = storage(local)
        .head(grant.key)
        .await
        .map_err(Error::failed)?;
    let object = object.ok_or_else(|| Refused::missing("object"))?;
    let etag = artifact.etag.map(|etag| format!("\"{etag}\""));

    let kind = artifact.content_type;
    let name = encoded(grant.filename.rsplit('/').next().unwrap_or_default());
    let mut response = Response::builder()
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::LAST_MODIFIED, http_date(object.modified_at))
        .header(
            header::CONTENT_TYPE,
            kind.as_deref().unwrap_or("application/octet-stream"),
        )
        .header(
            header::CONTENT_DISPOSITION,
            format!("attachment; filename*=UTF-8''{name}"),
        );
    if let Some(etag) = &etag {
        response = response.header(header::ETAG, etag);
    }
    if etag.is_some() && matches(text(headers, "if-none-match"), etag.as_deref()) {
        return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
    }
    let size = object.size_bytes;
    let current = text(headers, "if-range").is_none_or(|asked| Some(asked) == etag.as_deref());
    let asked = text(headers, "range").filter(|_| current);
    let (status, range) = match asked.map_or(Range::Whole, |asked| range(asked, size)) {
        Range::Whole => (StatusCode::OK, 0..size),
        Range::Part(range) => {
            let part = format!("bytes {}-{}/{size}", range.start, range.end - 1);
            response = response.header(header::CONTENT_RANGE, part);
            (StatusCode::PARTIAL_CONTENT, range)
        }
        Range::Unsatisfiable => {
            return Ok(response
                .header(header::CONTENT_RANGE, format!("bytes */{size}"))
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
                .finish());
        }
    };
    response = response
        .status(status)
        .header(header::CONTENT_LENGTH, range.end - range.start);
    if request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    let reading = storage(local).get(grant.key, Some(range)).await;
    let reading = reading.map_err(Error::failed)?;
    let reading = reading.ok_or_else(|| Refused::missing("object"))?;
    Ok(response.body(Body::from_bytes_stream(reading.bytes)))
}

/// The local storage, as any storage.
fn storage(local: &Local) -> &dyn keystead_storage::Storage {
    local
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// What part of an object is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Range {
    /// All of it: several parts at once, or nothing that can be read.
    Whole,
    /// These bytes.
    Part(std::ops::Range<u64>),
    /// Bytes that it doesn't have.
    Unsatisfiable,
}

/// What a `Range` header asks for of an object of this size.
fn range(header: &str, size: u64) -> Range {
    let read = || {
        let (first, last) = header.trim().strip_prefix("bytes=")?.split_once('-')?;
        let (first, last) = (first.trim(), last.trim());
        if first.is_empty() {
            let count: u64 = last.parse().ok()?;
            return Some((size.saturating_sub(count), size, count > 0));
        }
        let first: u64 = first.parse().ok()?;
        let end = match last {
            "" => size,
            last => last.parse::<u64>().ok()?.checked_add(1)?.min(size),
        };
        let last: Option<u64> = last.parse().ok();
        last.is_none_or(|last| last >= first)
            .then_some((first, end, true))
    };
    match read() {
        None => Range::Whole,
        Some((start, end, true)) if start < end => Range::Part(start..end),
        Some(_) => Range::Unsatisfiable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_of_an_object_may_be_asked_for() {
        #[rustfmt::skip]
        let table = [
            ("bytes=0-4",      Range::Part(0..5)),
            ("bytes=5-",       Range::Part(5..10)),
            ("bytes=-3",       Range::Part(7..10)),
            ("bytes=-30",      Range::Part(0..10)),
            ("bytes=8-99",     Range::Part(8..10)),
            ("bytes=10-",      Range::Unsatisfiable),
            ("bytes=-0",       Range::Unsatisfiable),
            ("bytes=5-4",      Range::Whole),
            ("bytes=0-1,4-5",  Range::Whole),
            ("lines=1-2",      Range::Whole),
            ("bytes=x-y",      Range::Whole),
            ("bytes=",         Range::Whole),
        ];
        for (header, expected) in table {
            assert_eq!(range(header, 10), expected, "{header}");
        }
        assert_eq!(range("bytes=0-", 0), Range::Unsatisfiable);
    }
}
