//! One request's way through the API: who, where, which version; and what every answer carries.
//!
//! The order of checks is the contract's (identity reference §3.4): syntax, version, account,
//! accept-signature, environment, authentication; then the operation.

mod enter;
mod failure;
mod leave;
mod log;
mod session;

use std::sync::Arc;

use keystead_app::{App, Tenant};
use keystead_domain::access::Bearer;
use keystead_domain::version::ApiVersion;
use keystead_domain::{EnvironmentId, RequestId};
use keystead_signing::response::AcceptSignature;
use poem::http::{HeaderMap, Method};
use poem::{Endpoint, Request, Response};

use crate::cookies::{self, Portal};
use crate::negotiate::Media;
use crate::problem::{Rendering, render};
use crate::throttle::{self, Tally, Throttle};
use crate::transport::RequestLine;
use enter::Entered;

/// What the operator chose about answers.
#[derive(Clone, Debug)]
pub struct Options {
    /// The base of `links.about`, with a slash at its end.
    pub docs_url: String,
    /// The host that signatures name; the host that was asked when absent.
    pub public_host: Option<String>,
    /// The base of absolute URLs (`Location`), without a slash at its end.
    pub public_url: String,
    /// The largest request body, in bytes.
    pub max_body_bytes: usize,
    /// The pages that may hold sessions; none may when absent.
    pub portal: Option<Portal>,
    /// The public windows of requests.
    pub limits: throttle::Limits,
    /// The build's revision.
    pub revision: &'static str,
}

/// The gate in front of every operation.
pub struct Gate<E> {
    app: Arc<App>,
    options: Arc<Options>,
    throttle: Throttle,
    inner: E,
}

impl<E> Gate<E> {
    /// A gate in front of `inner`.
    pub fn new(app: Arc<App>, options: Options, inner: E) -> Self {
        Self {
            app,
            throttle: Throttle::new(options.limits),
            options: Arc::new(options),
            inner,
        }
    }
}

/// What is known of a request so far; its answer tells all of it.
struct Known {
    request: Option<RequestId>,
    line: RequestLine,
    method: Method,
    /// The path below the account, e.g. `/licenses`.
    path: String,
    authorization: Option<String>,
    media: Media,
    version: Option<ApiVersion>,
    tenant: Option<Arc<Tenant>>,
    /// Whether the account was told by the host that was asked.
    custom_domain: bool,
    accept: Option<AcceptSignature>,
    environment: Option<String>,
    bearer: Option<Arc<Bearer>>,
    environment_id: Option<EnvironmentId>,
    heard: Option<log::Heard>,
    /// Where the client stands in the window that counts most.
    tally: Option<Tally>,
    /// The names of the session cookies that a page of the portal sent; none of another page's.
    cookies: Option<Vec<String>>,
    /// What happens to the browser's cookies, whatever the answer is.
    changes: Vec<cookies::Change>,
}

impl Known {
    fn of(request: &Request) -> Self {
        let extensions = request.extensions();
        let path = request.uri().path();
        Self {
            request: extensions.get().copied(),
            line: extensions.get().cloned().unwrap_or_else(|| RequestLine {
                original_path_and_query: path.to_owned(),
                host: String::new(),
            }),
            method: request.method().clone(),
            path: path.strip_prefix("/v1").unwrap_or(path).to_owned(),
            authorization: text(request.headers(), "authorization").map(str::to_owned),
            media: Media::default(),
            version: None,
            tenant: None,
            custom_domain: false,
            accept: None,
            environment: None,
            bearer: None,
            environment_id: None,
            heard: None,
            tally: None,
            cookies: None,
            changes: Vec::new(),
        }
    }
}

impl<E: Endpoint<Output = Response>> Endpoint for Gate<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let mut known = Known::of(&request);
        known.heard = log::hear(self, &request, &known.path);
        let now = self.app.clock.now();
        let answered = match enter::enter(self, &mut request, &mut known, now).await {
            Ok(Entered::Account(cx)) => {
                request.extensions_mut().insert(cx);
                self.inner.call(request).await
            }
            Ok(Entered::Nowhere(outset)) => {
                request.extensions_mut().insert(outset);
                self.inner.call(request).await
            }
            Err(error) => Err(error.into()),
        };
        let response = match answered {
            Ok(response) => response,
            Err(error) => {
                let rendering = Rendering {
                    request_id: known.request,
                    docs_url: &self.options.docs_url,
                    path: &known.path,
                };
                let (mut response, error) = render(error, &rendering);
                known.media.word(&mut response);
                // Parse-level errors are produced outside the pipeline: they carry no
                // `Keygen-*` headers and no signature (identity reference §3.1).
                if error.is_unreadable() {
                    return Ok(response);
                }
                session::turned_away(&mut known, &error);
                response
            }
        };
        Ok(leave::leave(self, response, known, now).await)
    }
}

/// A header that is text.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
