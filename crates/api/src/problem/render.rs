//! The error document, and the response that carries it.

use keystead_domain::{Code, Kind, Problem, RequestId};
use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use serde::Serialize;

use super::catalogue::{Line, line};
use super::place::{self, Source};
use super::{Cause, DOCS_URL, Error, foreign};
use crate::negotiate::JSON_API;

/// What an error is rendered with.
#[derive(Clone, Copy, Debug)]
pub struct Rendering<'a> {
    /// The request's id; errors raised before there is one have none.
    pub request_id: Option<RequestId>,
    /// The base of `links.about`, ending in a slash.
    pub docs_url: &'a str,
    /// The request's path relative to the account, e.g. `/licenses`.
    pub path: &'a str,
}

impl Default for Rendering<'_> {
    fn default() -> Self {
        Self {
            request_id: None,
            docs_url: DOCS_URL,
            path: "",
        }
    }
}

/// Any error as the contract's response; failures of ours are logged here, once.
pub fn render(error: poem::Error, rendering: &Rendering<'_>) -> (Response, Error) {
    let error = foreign::understand(error);
    if let Cause::Failed(failure) = &error.cause {
        let chain = chain(failure.as_ref());
        // Not the path: a license key may stand in it.
        let id = rendering.request_id.map(|id| id.to_string());
        tracing::error!(id, %chain, "a request failed");
    }
    (ErrorDocument::of(&error, rendering).into_response(), error)
}

/// An error with everything that caused it.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// The `WWW-Authenticate` of a 401: the scheme that the client used, else the usual one.
pub fn challenge(authorization: Option<&str>, usual: &str) -> String {
    let scheme = authorization.and_then(|header| header.split_whitespace().next());
    let scheme = scheme.filter(|scheme| scheme.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let mut spelled = scheme.unwrap_or(usual).to_ascii_lowercase();
    if let Some(first) = spelled.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{spelled} realm=\"keygen\"")
}

/// A JSON:API error document.
#[derive(Debug, Serialize)]
pub struct ErrorDocument {
    #[serde(skip)]
    status: StatusCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
    errors: Vec<ErrorObject>,
}

#[derive(Debug, Serialize)]
struct Meta {
    id: RequestId,
}

#[derive(Debug, Serialize)]
struct ErrorObject {
    title: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<Links>,
}

#[derive(Debug, Serialize)]
struct Links {
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect: Option<Box<str>>,
}

impl Links {
    fn of(about: Option<String>, redirect: Option<Box<str>>) -> Option<Self> {
        (about.is_some() || redirect.is_some()).then_some(Self { about, redirect })
    }
}

impl ErrorDocument {
    /// The document of an error: all its problems, equal (code, source) pairs told once.
    pub fn of(error: &Error, rendering: &Rendering<'_>) -> Self {
        let topic = error.topic.or_else(|| place::topic(rendering.path));
        let about = |problem: &Problem| place::about(problem, rendering.docs_url, topic);
        let mut errors = Vec::new();
        match &error.cause {
            Cause::Unreadable(problem) => errors.push(ErrorObject::of(problem, about)),
            Cause::Refused(refused) => {
                for problem in &refused.problems {
                    let object = ErrorObject::of(problem, about);
                    if !errors
                        .iter()
                        .any(|told: &ErrorObject| told.repeats(&object))
                    {
                        errors.push(object);
                    }
                }
            }
            Cause::Failed(_) => errors.push(foreign::failure().into()),
            Cause::Line(line) => errors.push((*line).into()),
        }
        let request_id = rendering.request_id.filter(|_| has_meta(&error.cause));
        Self {
            status: error.status(),
            meta: request_id.map(|id| Meta { id }),
            errors,
        }
    }
}

/// Errors raised outside the pipeline, and those that shed load, carry no `meta`.
fn has_meta(cause: &Cause) -> bool {
    match cause {
        Cause::Unreadable(_) | Cause::Line(_) => false,
        Cause::Refused(refused) => refused
            .problems
            .iter()
            .all(|problem| problem.kind != Kind::TooManyRequests),
        Cause::Failed(_) => true,
    }
}

impl ErrorObject {
    fn of(problem: &Problem, about: impl Fn(&Problem) -> Option<String>) -> Self {
        Self {
            title: line(problem.kind).title,
            detail: problem.detail.clone().into_owned(),
            code: problem.code.map(Code::as_str),
            source: place::source(&problem.at),
            links: Links::of(about(problem), problem.redirect.clone()),
        }
    }

    /// Whether `other` says the same; without a code, only the same words are the same.
    fn repeats(&self, other: &Self) -> bool {
        self.code == other.code
            && self.source == other.source
            && (self.code.is_some() || self.detail == other.detail)
    }
}

impl From<&Line> for ErrorObject {
    fn from(line: &Line) -> Self {
        Self {
            title: line.title,
            detail: line.detail.to_owned(),
            code: None,
            source: None,
            links: None,
        }
    }
}

impl IntoResponse for ErrorDocument {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).expect("an error document has only texts");
        Response::builder()
            .status(self.status)
            .header(header::CONTENT_TYPE, JSON_API)
            .body(body)
    }
}
