//! What every answer carries, whoever made it: who may read it in a browser, and what a browser may
//! do with it (identity reference §5).

use poem::http::header::{self, HeaderName};
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode};
use poem::{Request, Response};

/// Headers that scripts may read.
const EXPOSED: &str = "keygen-accept-signature, keygen-signature, keygen-date, keygen-digest, \
    keygen-account-id, keygen-bearer-id, keygen-token-id, keygen-account, keygen-bearer, \
    keygen-token, keygen-environment, keygen-license, keygen-edition, keygen-mode, \
    keygen-revision, keygen-version, x-ratelimit-window, x-ratelimit-count, x-ratelimit-limit, \
    x-ratelimit-remaining, x-ratelimit-reset, x-request-id, x-signature, date, digest";

/// Methods that scripts may send.
const METHODS: &str = "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS";

/// How long a browser may remember what it was allowed.
const MAX_AGE: &str = "86400";

/// Headers that say the same of every answer; an answer's own win.
#[rustfmt::skip]
const FIXED: &[(&str, &str)] = &[
    ("cache-control",                     "no-transform, no-store, max-age=0"),
    ("content-security-policy",           "default-src 'none'; report-uri /-/csp-reports; report-to csp-reports;"),
    ("x-content-type-options",            "nosniff"),
    ("x-frame-options",                   "SAMEORIGIN"),
    ("x-xss-protection",                  "0"),
    ("x-permitted-cross-domain-policies", "none"),
    ("referrer-policy",                   "strict-origin-when-cross-origin"),
];

/// A year: how long browsers are not to speak plain HTTP with us.
const STRICT: &str = "max-age=31536000; includeSubDomains";

/// Where browsers send reports of what a policy kept them from.
const REPORTS: &str = "/-/csp-reports";
/// The largest report that is taken.
const MAX_REPORT_BYTES: usize = 10 * 1024;

/// How this server behaves towards browsers.
#[derive(Clone, Debug)]
pub struct Manners {
    portal: Option<String>,
    report_to: Option<HeaderValue>,
    https: bool,
}

/// What of a request its answer depends on, once the request is gone.
#[derive(Debug)]
pub struct Asked {
    origin: Option<HeaderValue>,
}

impl Manners {
    /// Of a server that clients call `public_url`; scripts on the portal's origin may use cookies.
    pub fn new(public_url: &str, portal: Option<String>) -> Self {
        let endpoint = format!("{}{REPORTS}", public_url.trim_end_matches('/'));
        let report_to = serde_json::json!({
            "group": "csp-reports",
            "max_age": 10_886_400,
            "endpoints": [{ "url": endpoint }],
        });
        Self {
            portal,
            report_to: HeaderValue::try_from(report_to.to_string()).ok(),
            https: public_url.starts_with("https://"),
        }
    }

    /// What has to be known of a request when it is answered.
    pub fn of(request: &Request) -> Asked {
        Asked {
            origin: request.headers().get(header::ORIGIN).cloned(),
        }
    }

    /// The answer to what browsers ask by themselves: whether a script may, and whether a report was
    /// taken; and that plain HTTP won't do.
    pub async fn answer(&self, request: &mut Request) -> Option<Response> {
        if let Some(place) = self.upgraded(request) {
            let status = match *request.method() {
                Method::GET | Method::HEAD => StatusCode::MOVED_PERMANENTLY,
                _ => StatusCode::TEMPORARY_REDIRECT,
            };
            let moved = Response::builder().status(status);
            return Some(moved.header(header::LOCATION, place).finish());
        }
        let headers = request.headers();
        if request.method() == Method::OPTIONS
            && headers.contains_key(header::ORIGIN)
            && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        {
            return Some(preflight(headers));
        }
        if request.method() == Method::POST && request.uri().path() == REPORTS {
            return Some(report(request).await);
        }
        None
    }

    /// Where a request that a proxy took over plain HTTP belongs.
    fn upgraded(&self, request: &Request) -> Option<String> {
        let proto = request.headers().get("x-forwarded-proto")?;
        let host = request.headers().get(header::HOST)?.to_str().ok()?;
        let line = request.uri().path_and_query()?;
        (self.https && proto == "http").then(|| format!("https://{host}{line}"))
    }

    /// Puts on what every answer wears.
    pub fn dress(&self, asked: &Asked, response: &mut Response) {
        let headers = response.headers_mut();
        for (name, value) in FIXED {
            headers
                .entry(HeaderName::from_static(name))
                .or_insert(HeaderValue::from_static(value));
        }
        if let Some(report_to) = &self.report_to {
            headers.insert("report-to", report_to.clone());
        }
        if self.https {
            let strict = HeaderValue::from_static(STRICT);
            headers.insert(header::STRICT_TRANSPORT_SECURITY, strict);
        }
        self.share(asked, headers);
    }

    /// Whose scripts may read the answer: everybody's, and the portal's with cookies.
    fn share(&self, asked: &Asked, headers: &mut HeaderMap) {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = &asked.origin else {
            return;
        };
        let is_portal = self
            .portal
            .as_ref()
            .is_some_and(|portal| origin.as_bytes() == portal.as_bytes());
        let allowed = match is_portal {
            true => origin.clone(),
            false => HeaderValue::from_static("*"),
        };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        if is_portal {
            let yes = HeaderValue::from_static("true");
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        }
        for (name, value) in [
            (header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED),
            (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE),
            (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

/// Whatever method and headers a script would like to send, it may.
fn preflight(asked: &HeaderMap) -> Response {
    let mut response = Response::from(StatusCode::OK);
    if let Some(wanted) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    response
}

/// Takes a report and makes nothing of it but a line in the log: strangers write it.
async fn report(request: &mut Request) -> Response {
    match request.take_body().into_bytes_limit(MAX_REPORT_BYTES).await {
        Ok(bytes) => {
            tracing::debug!(bytes = bytes.len(), "a browser reports a breach of policy");
            StatusCode::ACCEPTED.into()
        }
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into(),
    }
}
