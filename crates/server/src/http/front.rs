//! One request, from its first byte to its answer.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use keystead_api::objects;
use keystead_api::transport::{AccountSegment, ClientAddress, RequestId, RequestLine};
use keystead_app::hosts;
use keystead_domain::Ids;
use poem::endpoint::BoxEndpoint;
use poem::http::header::HeaderName;
use poem::http::{HeaderValue, Method, StatusCode};
use poem::{Request, Response};
use poem_openapi::OperationId;
use tracing::Instrument;
use tracing::field::Empty;

use super::account::{peel, with_path};
use super::client::{self, Proxies};
use super::refusal::Refusal;
use super::{Health, Limits, Manners, Names, engine, origin};

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How long an object may take to come at most.
const TRANSFER_TIMEOUT: Duration = Duration::from_secs(6 * 3600);

/// Everything that stands between a connection and the API.
pub struct Front {
    /// Answers everything that isn't about health; none on a worker.
    pub api: Option<Arc<BoxEndpoint<'static, Response>>>,
    /// Answers what is.
    pub health: Health,
    /// Makes request ids.
    pub ids: Ids,
    /// What a request can't exceed.
    pub limits: Limits,
    /// What every answer carries.
    pub manners: Manners,
    /// What the server is called.
    pub names: Names,
    /// Who is believed about clients, and what they asked.
    pub trusted_proxies: Proxies,
}

impl Front {
    /// Answers a request, whatever happens.
    pub async fn answer(&self, request: Request) -> Response {
        let started = Instant::now();
        let id: RequestId = self.ids.next();
        let method = request.method().clone();
        // Neither path nor query: keys stand in the one, tokens in the other.
        let span = tracing::info_span!(
            "request", %id, %method, account = Empty, operation = Empty, status = Empty
        );

        let asked = Manners::of(&request);
        let routed = AssertUnwindSafe(self.route(request, id)).catch_unwind();
        let answered = routed.instrument(span.clone()).await;
        let mut response =
            answered.unwrap_or_else(|_| span.in_scope(|| Refusal::Panicked.answer(id)));

        if let Ok(id) = HeaderValue::try_from(id.to_string()) {
            response.headers_mut().insert(X_REQUEST_ID.clone(), id);
        }
        self.manners.dress(&asked, &mut response);
        span.in_scope(|| record(&span, &response, started));
        response
    }

    async fn route(&self, mut request: Request, id: RequestId) -> Response {
        if let Some(answer) = self.health.answer(&request).await {
            return answer;
        }
        if let Some(answer) = self.manners.answer(&mut request).await {
            return answer;
        }
        let uri = request.uri().clone();
        let line = uri.path_and_query().map_or("/", |line| line.as_str());
        if line.len() > self.limits.max_url_bytes {
            return Refusal::UrlTooLong.answer(id);
        }
        let peer = request.remote_addr().as_socket_addr().map(SocketAddr::ip);
        let host = origin::host(&request, peer, &self.trusted_proxies);
        let long = self.engine_path(&host, uri.path());
        let peeled = peel(long.as_deref().unwrap_or(uri.path()));
        if peeled.path == "/v1/ping" && matches!(*request.method(), Method::GET | Method::HEAD) {
            return StatusCode::OK.into();
        }
        let Some(api) = &self.api else {
            return Refusal::NotFound.answer(id);
        };

        let origin = self
            .names
            .origin(&request, &host, peer, &self.trusted_proxies);
        let client =
            peer.map(|peer| client::address(peer, request.headers(), &self.trusted_proxies));
        if let Some(account) = &peeled.account {
            tracing::Span::current().record("account", account.as_ref());
        }
        if peeled.path != uri.path() {
            let Some(routed) = with_path(&uri, &peeled.path) else {
                return Refusal::UrlInvalid.answer(id);
            };
            *request.uri_mut() = routed;
        }
        let extensions = request.extensions_mut();
        extensions.insert(id);
        extensions.insert(RequestLine {
            original_path_and_query: line.to_owned(),
            host,
        });
        extensions.insert(origin);
        if let Some(address) = client {
            extensions.insert(ClientAddress(address));
        }
        extensions.insert(AccountSegment(peeled.account.map(Into::into)));

        // In a task of its own, because a client that hangs up, or a limit that passes, must not
        // cut a transaction short: one that is dropped while it begins stays open on its
        // connection, and what others write there next is acknowledged but never committed.
        // The body's size is judged by the API, which reads it.
        // Objects take as long as they are large; one that stops coming is given up there.
        let patience = match peeled.path.starts_with(objects::PREFIX) {
            true => TRANSFER_TIMEOUT,
            false => self.limits.request_timeout,
        };
        let api = api.clone();
        let work = async move { api.call(request).await }.in_current_span();
        let answered = tokio::time::timeout(patience, tokio::spawn(work)).await;
        match answered {
            Ok(Ok(Ok(response))) => response,
            Ok(Ok(Err(error))) => error.into_response(),
            Ok(Err(broken)) => match broken.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Refusal::TimedOut.answer(id),
            },
            Err(_) => Refusal::TimedOut.answer(id),
        }
    }
}

impl Front {
    /// The long form of a path on the host of an engine.
    fn engine_path(&self, host: &str, path: &str) -> Option<String> {
        let engine = self.names.hosts.engine(&hosts::name_of(host)?)?;
        engine::long(engine, path, self.names.multi_account)
    }
}

/// Rate, errors and duration by operation; what isn't an operation counts as one.
fn record(span: &tracing::Span, response: &Response, started: Instant) {
    let operation = response
        .data::<OperationId>()
        .map_or("none", |operation| operation.0);
    let status = response.status();
    let elapsed = started.elapsed();
    span.record("operation", operation);
    span.record("status", status.as_u16());
    let class = match status.as_u16() {
        500.. => "5xx",
        400.. => "4xx",
        300.. => "3xx",
        _ => "2xx",
    };
    metrics::counter!("keystead_http_requests_total", "operation" => operation, "status" => class)
        .increment(1);
    metrics::histogram!("keystead_http_request_duration_seconds", "operation" => operation)
        .record(elapsed);
    let milliseconds = elapsed.as_micros() as f64 / 1000.0;
    if status.is_server_error() {
        tracing::warn!(milliseconds, "answered");
    } else {
        tracing::debug!(milliseconds, "answered");
    }
}
