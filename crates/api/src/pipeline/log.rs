//! What the request log keeps of an exchange (machines reference §7.2).
//!
//! On the request's path only reference-counted pieces are put aside; masking and printing happen
//! in the writer.

use std::net::IpAddr;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use keystead_app::request_logs::Note;
use keystead_domain::access::BearerId;
use keystead_domain::masking::masked;
use keystead_domain::{AccountId, EnvironmentId, RequestId};
use keystead_signing::response::SIGNATURE_HEADER;
use keystead_store::entities::RequestLog;
use poem::http::{HeaderMap, HeaderValue, Method};
use poem::{Request, Response};
use serde_json::{Map, Value};

use super::{Gate, Known};
use crate::masking;
use crate::transport::ClientAddress;

/// The parts of the API that are about the log itself, or about the account (machines §7.2).
const UNLOGGED: &[&str] = &[
    "accounts",
    "analytics",
    "billing",
    "event-logs",
    "health",
    "ping",
    "plan",
    "plans",
    "recover",
    "request-logs",
    "search",
    "settings",
    "stripe",
    "webhook-endpoints",
    "webhook-events",
];

/// Where the vendor's dashboard and its artifact host live: they look on everybody's behalf.
const OWN_ORIGINS: &[&str] = &["https://app.keygen.sh", "https://dist.keygen.sh"];

/// Headers of requests that are kept, never credentials: as printed, and in lower case.
#[rustfmt::skip]
const REQUEST_HEADERS: [(&str, &str); 5] = [
    ("Accept",         "accept"),
    ("Content-Length", "content-length"),
    ("Content-Type",   "content-type"),
    ("Origin",         "origin"),
    ("Host",           "host"),
];

/// Headers of answers that are kept.
#[rustfmt::skip]
const RESPONSE_HEADERS: [(&str, &str); 14] = [
    ("Content-Type",       "content-type"),
    ("Date",               "date"),
    ("Digest",             "digest"),
    ("Keygen-Account",     "keygen-account"),
    ("Keygen-Bearer",      "keygen-bearer"),
    ("Keygen-Date",        "keygen-date"),
    ("Keygen-Digest",      "keygen-digest"),
    ("Keygen-Edition",     "keygen-edition"),
    ("Keygen-Environment", "keygen-environment"),
    ("Keygen-License",     "keygen-license"),
    ("Keygen-Mode",        "keygen-mode"),
    ("Keygen-Signature",   SIGNATURE_HEADER),
    ("Keygen-Token",       "keygen-token"),
    ("Keygen-Version",     "keygen-version"),
];

/// A body that is longer is not kept: half a document says nothing, and masking needs it whole.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// What is put aside of a request before an operation takes it.
pub(super) struct Heard {
    headers: [Option<HeaderValue>; REQUEST_HEADERS.len()],
    user_agent: Option<HeaderValue>,
    ip: Option<IpAddr>,
    /// The body as sent, once it was read.
    pub body: Bytes,
}

/// What to put aside of a request, unless nobody wants its log.
pub(super) fn hear<E>(gate: &Gate<E>, request: &Request, path: &str) -> Option<Heard> {
    if !gate.app.request_logs.settings().enabled || !logged(path, request.headers()) {
        return None;
    }
    let headers = request.headers();
    let ip = request.extensions().get::<ClientAddress>();
    let ip = ip.map(|address| address.0);
    Some(Heard {
        headers: REQUEST_HEADERS.map(|(_, name)| headers.get(name).cloned()),
        user_agent: headers.get("user-agent").cloned(),
        ip,
        body: Bytes::new(),
    })
}

fn logged(path: &str, headers: &HeaderMap) -> bool {
    let first = path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    let own = |origin: &HeaderValue| OWN_ORIGINS.iter().any(|own| origin == own);
    !UNLOGGED.contains(&first) && !headers.get("origin").is_some_and(own)
}

/// Notes an exchange that is over, if there is an account to note it for.
pub(super) fn note<E>(
    gate: &Gate<E>,
    known: Known,
    response: &Response,
    body: &Bytes,
    now: DateTime<Utc>,
) {
    let (Some(heard), Some(tenant)) = (known.heard, &known.tenant) else {
        return;
    };
    let logs = &gate.app.request_logs;
    let [sent, answered] = [&heard.body, body].map(|body| match body.len() <= MAX_BODY_BYTES {
        true => body.clone(),
        false => Bytes::new(),
    });
    let (sent, answered) = match logs.keeps_bodies(sent.len() + answered.len()) {
        true => (sent, answered),
        false => (Bytes::new(), Bytes::new()),
    };
    let headers = response.headers();
    let exchange = Exchange {
        id: known.request.unwrap_or_else(|| gate.app.ids.next()),
        account: tenant.account.id,
        environment: known.environment_id,
        requestor: known.bearer.as_ref().map(|bearer| bearer.id),
        method: known.method,
        url: known.line.original_path_and_query,
        path: known.path,
        status: response.status().as_u16(),
        response_headers: RESPONSE_HEADERS.map(|(_, name)| headers.get(name).cloned()),
        length: body.len(),
        request_body: sent,
        response_body: answered,
        heard,
        now,
    };
    logs.record(Note {
        bytes: exchange.request_body.len() + exchange.response_body.len(),
        failed: exchange.status >= 500,
        row: Box::new(move || exchange.row()),
    });
}

/// An exchange, as little worked on as possible.
struct Exchange {
    id: RequestId,
    account: AccountId,
    environment: Option<EnvironmentId>,
    requestor: Option<BearerId>,
    method: Method,
    url: String,
    path: String,
    status: u16,
    heard: Heard,
    response_headers: [Option<HeaderValue>; RESPONSE_HEADERS.len()],
    length: usize,
    request_body: Bytes,
    response_body: Bytes,
    now: DateTime<Utc>,
}

impl Exchange {
    fn row(self) -> RequestLog {
        let said = |name| header(&RESPONSE_HEADERS, &self.response_headers, name);
        let json = said("content-type").is_some_and(|kind| kind.contains("json"));
        let text = said("content-type").is_some_and(|kind| kind.starts_with("text/html"));
        let document: Option<Value> = json
            .then(|| serde_json::from_slice(&self.response_body).ok())
            .flatten();
        let (resource_type, resource_id) = resource(&self.path, document.as_ref()).unzip();
        let response_body = match document {
            Some(document) => Some(masked(document).to_string()),
            None if text => String::from_utf8(self.response_body.to_vec()).ok(),
            None => None,
        };
        let mut response_headers = printed(&RESPONSE_HEADERS, &self.response_headers);
        if self.length > 0 {
            let length = self.length.to_string();
            response_headers.insert("Content-Length".to_owned(), length.into());
        }
        RequestLog {
            id: self.id,
            account_id: self.account,
            environment_id: self.environment,
            requestor_type: self.requestor.map(|it| format!("{}s", it.kind())),
            requestor_id: self.requestor.map(BearerId::uuid),
            resource_type,
            resource_id,
            method: self.method.as_str().to_owned(),
            url: masking::url(&self.url),
            status: self.status.into(),
            ip: self.heard.ip.map(|ip| ip.to_string()),
            user_agent: self.heard.user_agent.as_ref().and_then(user_agent),
            request_headers: Some(printed(&REQUEST_HEADERS, &self.heard.headers).into()),
            request_body: masking::request(&self.request_body),
            response_headers: Some(response_headers.into()),
            response_body,
            response_signature: said(SIGNATURE_HEADER).map(str::to_owned),
            created_at: self.now,
            updated_at: self.now,
        }
    }
}

fn header<'a, const N: usize>(
    names: &[(&str, &str); N],
    values: &'a [Option<HeaderValue>; N],
    name: &str,
) -> Option<&'a str> {
    let index = names.iter().position(|(_, known)| *known == name)?;
    values[index].as_ref()?.to_str().ok()
}

fn printed<const N: usize>(
    names: &[(&str, &str); N],
    values: &[Option<HeaderValue>; N],
) -> Map<String, Value> {
    names
        .iter()
        .zip(values)
        .filter_map(|((name, _), value)| {
            let value = value.as_ref()?.to_str().ok()?;
            Some(((*name).to_owned(), value.into()))
        })
        .collect()
}

/// Null bytes and what isn't ASCII have no place in a column of texts.
fn user_agent(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?;
    Some(
        text.chars()
            .filter(|c| !c.is_control())
            .take(1_024)
            .collect(),
    )
}

/// The record that the path addresses, or else the one that was answered: its type and id.
fn resource(path: &str, document: Option<&Value>) -> Option<(String, uuid::Uuid)> {
    let mut segments = path.trim_start_matches('/').split('/');
    let noun = segments.next()?;
    let addressed = segments.next().and_then(keystead_domain::ids::id_shaped);
    if let Some(id) = addressed {
        return Some((noun.to_owned(), id));
    }
    let data = document?.get("data")?.as_object()?;
    let kind = data.get("type")?.as_str()?;
    let id = data.get("id")?.as_str()?.parse().ok()?;
    Some((kind.to_owned(), id))
}
