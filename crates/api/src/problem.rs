//! From refusals and failures to the contract's error documents (identity §7).
//!
//! The only place that knows status lines, titles and pointers.

mod catalogue;
mod foreign;
mod place;
mod render;

use std::error::Error as StdError;

use keystead_domain::{Code, Kind, Problem, Refused};
use poem::error::ResponseError;
use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponses, Registry};

pub use catalogue::{INTERNAL, Line, PAYLOAD_TOO_LARGE, REQUEST_TIMEOUT, UNAVAILABLE, line};
pub use foreign::unknown_endpoint;
pub use render::{ErrorDocument, Rendering, challenge, render};

/// Where the pages named by `links.about` are, unless configured otherwise.
pub const DOCS_URL: &str = "https://keystead.dev/docs/api/";

/// What a handler returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct Error {
    /// What went wrong.
    #[source]
    pub cause: Cause,
    /// The resource whose page explains field problems, e.g. `tokens`; else told by the path.
    pub topic: Option<&'static str>,
}

/// What went wrong with a request, and whose fault it is.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// The request couldn't even be read: answered without `meta`, headers or signature.
    #[error("{}", .0.detail)]
    Unreadable(Problem),
    /// The caller can mend it.
    #[error(transparent)]
    Refused(Refused),
    /// Ours: logged with its chain, answered without it.
    #[error(transparent)]
    Failed(Box<dyn StdError + Send + Sync>),
    /// Ours, and known: too busy, too slow, too large.
    #[error("{}", .0.detail)]
    Line(&'static Line),
}

impl Error {
    /// A request that couldn't be read, with the code's own detail.
    pub fn unreadable(code: Code) -> Self {
        let problem = Problem::new(Kind::BadRequest, code.detail()).code(code);
        Cause::Unreadable(problem).into()
    }

    /// A failure of ours.
    pub fn failed(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Cause::Failed(error.into()).into()
    }

    /// The same error, explained on another resource's page than the path tells.
    #[must_use]
    pub fn topic(mut self, topic: &'static str) -> Self {
        self.topic = Some(topic);
        self
    }

    /// Whether the answer goes without `meta`, `Keygen-*` headers and signature.
    pub fn is_unreadable(&self) -> bool {
        matches!(self.cause, Cause::Unreadable(_))
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match &self.cause {
            Cause::Unreadable(problem) => line(problem.kind).status,
            Cause::Refused(refused) => refused
                .problems
                .first()
                .map_or(INTERNAL.status, |problem| line(problem.kind).status),
            Cause::Failed(_) => INTERNAL.status,
            Cause::Line(line) => line.status,
        }
    }
}

impl From<Cause> for Error {
    fn from(cause: Cause) -> Self {
        Self { cause, topic: None }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Cause::Refused(refused).into()
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Refused::from(problem).into()
    }
}

impl ResponseError for Error {
    fn status(&self) -> StatusCode {
        Self::status(self)
    }

    // The pipeline renders errors itself, with the request's id and page; this is for a
    // service that runs without one.
    fn as_response(&self) -> Response {
        ErrorDocument::of(self, &Rendering::default()).into_response()
    }
}

// The error responses of an operation are the same everywhere; `spec` adds them.
impl ApiResponse for Error {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: Vec::new(),
        }
    }

    fn register(_registry: &mut Registry) {}
}

#[cfg(test)]
mod tests;
