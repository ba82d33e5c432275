//! Status, title and standard detail of every kind of error (identity §7.2).

use keystead_domain::Kind;
use poem::http::StatusCode;

/// A status with its title, and what it says by itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// The HTTP status.
    pub status: StatusCode,
    /// The `title` of its errors.
    pub title: &'static str,
    /// The `detail` where nothing more precise is known.
    pub detail: &'static str,
}

#[rustfmt::skip]
const LINES: &[(Kind, Line)] = &[
    (Kind::BadRequest,          Line { status: StatusCode::BAD_REQUEST,          title: "Bad request",            detail: "The request could not be understood" }),
    (Kind::Unauthorized,        Line { status: StatusCode::UNAUTHORIZED,         title: "Unauthorized",           detail: "You must be authenticated to complete the request" }),
    (Kind::Forbidden,           Line { status: StatusCode::FORBIDDEN,            title: "Access denied",          detail: "You do not have permission to complete the request" }),
    (Kind::NotFound,            Line { status: StatusCode::NOT_FOUND,            title: "Not found",              detail: UNKNOWN_ENDPOINT }),
    (Kind::Conflict,            Line { status: StatusCode::CONFLICT,             title: "Conflict",               detail: "The request could not be completed because of a conflict" }),
    (Kind::Unprocessable,       Line { status: StatusCode::UNPROCESSABLE_ENTITY, title: "Unprocessable resource", detail: "The request could not be completed" }),
    (Kind::UnprocessableEntity, Line { status: StatusCode::UNPROCESSABLE_ENTITY, title: "Unprocessable entity",   detail: "The request could not be completed" }),
    (Kind::TooManyRequests,     Line { status: StatusCode::TOO_MANY_REQUESTS,    title: "Too many requests",      detail: "Throttle limit has been reached for your IP address. Please slow down." }),
];

/// What a request to no endpoint is told.
pub const UNKNOWN_ENDPOINT: &str =
    "The requested endpoint was not found (check your HTTP method, Accept header, and URL path)";

/// Our fault, and nothing more can be told.
pub const INTERNAL: Line = Line {
    status: StatusCode::INTERNAL_SERVER_ERROR,
    title: "Internal server error",
    detail: "Looks like something went wrong! It has been logged. If you continue to have problems, please contact support.",
};

/// The server can't serve right now.
pub const UNAVAILABLE: Line = Line {
    status: StatusCode::SERVICE_UNAVAILABLE,
    title: "Service unavailable",
    detail: "Our services are currently unavailable. Please try again later.",
};

/// The server took too long.
pub const REQUEST_TIMEOUT: Line = Line {
    status: StatusCode::SERVICE_UNAVAILABLE,
    title: "Request timeout",
    detail: "The request timed out because the server took too long to respond",
};

/// The body exceeds what the server reads.
pub const PAYLOAD_TOO_LARGE: Line = Line {
    status: StatusCode::PAYLOAD_TOO_LARGE,
    title: "Payload too large",
    detail: "The request could not be completed because its body is too large",
};

/// The line of a kind of problem.
pub fn line(kind: Kind) -> &'static Line {
    LINES
        .iter()
        .find(|(listed, _)| *listed == kind)
        .map_or(&INTERNAL, |(_, line)| line)
}
