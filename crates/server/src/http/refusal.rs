//! Answers of the front itself, in the shape of the contract's errors (identity reference §7.2).
//!
//! They come before an account is known, so they are not signed.

use keystead_api::transport::RequestId;
use poem::Response;
use poem::http::{StatusCode, header};
use serde_json::json;

/// What the front refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    BodyTooLarge { max_bytes: usize },
    UrlTooLong { max_bytes: usize },
    UrlInvalid,
    NotFound,
    TimedOut,
    Panicked,
}

impl Refusal {
    /// The answer to the request of this id.
    pub fn answer(self, id: RequestId) -> Response {
        let (status, title, code, detail) = self.text();
        let mut error = json!({ "title": title, "detail": detail });
        if let Some(code) = code {
            error["code"] = json!(code);
        }
        let document = json!({ "meta": { "id": id.to_string() }, "errors": [error] });
        Response::builder()
            .status(status)
            .header(
                header::CONTENT_TYPE,
                "application/vnd.api+json; charset=utf-8",
            )
            .header(header::CACHE_CONTROL, "no-transform, no-store, max-age=0")
            .body(document.to_string())
    }

    fn text(self) -> (StatusCode, &'static str, Option<&'static str>, String) {
        match self {
            Self::BodyTooLarge { max_bytes } => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "Payload too large",
                Some("PAYLOAD_TOO_LARGE"),
                format!("The request body is too large (maximum {max_bytes} bytes)"),
            ),
            Self::UrlTooLong { max_bytes } => (
                StatusCode::URI_TOO_LONG,
                "URI too long",
                Some("URI_TOO_LONG"),
                format!("The request URL is too long (maximum {max_bytes} bytes)"),
            ),
            Self::UrlInvalid => (
                StatusCode::BAD_REQUEST,
                "Bad request",
                Some("URI_INVALID"),
                "The request could not be completed because the URI was invalid (please ensure \
                 non-URL safe chars are properly encoded)"
                    .to_owned(),
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "Not found",
                Some("NOT_FOUND"),
                "The requested endpoint was not found (check your HTTP method, Accept header, and \
                 URL path)"
                    .to_owned(),
            ),
            Self::TimedOut => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Request timeout",
                None,
                "The request timed out because the server took too long to respond".to_owned(),
            ),
            Self::Panicked => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Internal server error",
                None,
                "Looks like something went wrong on our side".to_owned(),
            ),
        }
    }
}
