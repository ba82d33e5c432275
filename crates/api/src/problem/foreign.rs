//! Errors that the framework raises before or around a handler, in the contract's terms.

use keystead_domain::{At, Code, Kind, Problem};
use poem::error::{
    MethodNotAllowedError, NotFoundError, ParseQueryError, ReadBodyError, SizedLimitError,
};
use poem::http::StatusCode;
use poem_openapi::error::{ContentTypeError, ParseParamError, ParsePathError};

use super::catalogue::{INTERNAL, Line, PAYLOAD_TOO_LARGE, UNAVAILABLE, UNKNOWN_ENDPOINT};
use super::{Cause, Error};

/// What any error of the framework means; one of ours comes back as it is.
pub fn understand(error: poem::Error) -> Error {
    let error = match error.downcast::<Error>() {
        Ok(ours) => return ours,
        Err(error) => error,
    };
    if error.is::<NotFoundError>() || error.is::<MethodNotAllowedError>() {
        return unknown_endpoint();
    }
    if error.is::<ParsePathError>() {
        return Error::unreadable(Code::UriInvalid);
    }
    if error.is::<ParseQueryError>() {
        return Error::unreadable(Code::ParametersInvalid);
    }
    if error.is::<ContentTypeError>() {
        return Error::unreadable(Code::MimeTypeInvalid);
    }
    if let Some(ParseParamError { name, .. }) = error.downcast_ref() {
        return Problem::new(Kind::BadRequest, "is invalid")
            .at(At::Parameter((*name).into()))
            .into();
    }
    if let Some(SizedLimitError::PayloadTooLarge) = error.downcast_ref() {
        return Cause::Line(&PAYLOAD_TOO_LARGE).into();
    }
    if let Some(ReadBodyError::Io(_) | ReadBodyError::Utf8(_)) = error.downcast_ref() {
        return Error::unreadable(Code::JsonInvalid);
    }
    match known_line(error.status()) {
        Known::UnknownEndpoint => unknown_endpoint(),
        Known::Line(line) => Cause::Line(line).into(),
        Known::BadRequest => Problem::new(Kind::BadRequest, error.to_string()).into(),
        Known::Ours => Error::failed(error),
    }
}

/// 404 for a path or method that no operation has; there is no 405 in the contract.
pub fn unknown_endpoint() -> Error {
    Problem::new(Kind::NotFound, UNKNOWN_ENDPOINT)
        .code(Code::NotFound)
        .into()
}

enum Known {
    UnknownEndpoint,
    Line(&'static Line),
    BadRequest,
    Ours,
}

fn known_line(status: StatusCode) -> Known {
    match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Known::UnknownEndpoint,
        StatusCode::PAYLOAD_TOO_LARGE => Known::Line(&PAYLOAD_TOO_LARGE),
        StatusCode::SERVICE_UNAVAILABLE => Known::Line(&UNAVAILABLE),
        status if status.is_client_error() => Known::BadRequest,
        _ => Known::Ours,
    }
}

/// The line that stands for any failure of ours.
pub const fn failure() -> &'static Line {
    &INTERNAL
}
