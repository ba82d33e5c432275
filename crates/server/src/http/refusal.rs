//! Answers of the front itself, in the contract's shape. They come before an account is known, so
//! they are not signed.

use keystead_api::problem::{Cause, Error, Line, REQUEST_TIMEOUT, Rendering, line, render};
use keystead_api::transport::RequestId;
use keystead_domain::{Code, Kind, Problem};
use poem::Response;
use poem::http::StatusCode;

/// The path and query are longer than the operator allows.
const URL_TOO_LONG: Line = Line {
    status: StatusCode::URI_TOO_LONG,
    title: "URI too long",
    detail: "The request could not be completed because its URL is too long",
};

/// What the front refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    UrlTooLong,
    UrlInvalid,
    NotFound,
    TimedOut,
    Panicked,
}

impl Refusal {
    /// The answer to the request of this id.
    pub fn answer(self, id: RequestId) -> Response {
        let error: Error = match self {
            Self::UrlTooLong => Cause::Line(&URL_TOO_LONG).into(),
            Self::UrlInvalid => Error::unreadable(Code::UriInvalid),
            Self::NotFound => {
                let detail = line(Kind::NotFound).detail;
                let problem = Problem::new(Kind::NotFound, detail).code(Code::NotFound);
                Cause::Refused(problem.into()).into()
            }
            Self::TimedOut => Cause::Line(&REQUEST_TIMEOUT).into(),
            // Logged where it is rendered, like every failure of ours.
            Self::Panicked => Error::failed("the request panicked"),
        };
        let rendering = Rendering {
            request_id: Some(id),
            ..Rendering::default()
        };
        render(error.into(), &rendering).0
    }
}
