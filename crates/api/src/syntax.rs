//! Request lines that can't be read: verbs nobody knows, paths that don't decode (identity §3.1).

use keystead_domain::{Code, Kind, Problem};

use crate::problem::{Cause, Error};

/// The verbs that HTTP and its extensions define; others are no verbs at all.
const VERBS: &[&str] = &[
    "OPTIONS",
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "TRACE",
    "CONNECT",
    "PATCH",
    "PROPFIND",
    "PROPPATCH",
    "MKCOL",
    "COPY",
    "MOVE",
    "LOCK",
    "UNLOCK",
    "VERSION-CONTROL",
    "REPORT",
    "CHECKOUT",
    "CHECKIN",
    "UNCHECKOUT",
    "MKWORKSPACE",
    "UPDATE",
    "LABEL",
    "MERGE",
    "BASELINE-CONTROL",
    "MKACTIVITY",
    "ORDERPATCH",
    "ACL",
    "SEARCH",
    "MKCALENDAR",
    "LINK",
    "UNLINK",
    "PURGE",
];

/// Judges the verb and the path, as sent and still encoded, of a request.
///
/// # Errors
/// An unknown verb, a path whose encoding is broken or no UTF-8, or a null byte in it (400).
pub fn judge(method: &str, path: &str) -> Result<(), Error> {
    if !VERBS.contains(&method) {
        return Err(Error::unreadable(Code::HttpMethodInvalid));
    }
    let decoded = percent_decoded(path).ok_or_else(|| Error::unreadable(Code::UriInvalid))?;
    if decoded.contains('\0') {
        return Err(Cause::Unreadable(null_byte()).into());
    }
    Ok(())
}

/// What a request is told that holds a null byte, which no text column stores.
pub fn null_byte() -> Problem {
    let detail = "The request could not be completed because it contains an unexpected null byte \
                  (check encoding)";
    Problem::new(Kind::BadRequest, detail).code(Code::EncodingInvalid)
}

/// A text without its percent-encoding; nothing if that is broken or no UTF-8.
pub fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_cannot_be_read_is_told_by_what_is_wrong() {
        #[rustfmt::skip]
        let table = [
            ("GET",   "/v1/me",           None),
            ("PATCH", "/v1/users/a%40b",  None),
            ("GET",   "/v1/machines/a%0A", None),
            ("GET",   "/v1/users/%C3%A9", None),
            ("LOCK",  "/v1/me",           None),
            ("FETCH", "/v1/me",           Some(Code::HttpMethodInvalid)),
            ("get",   "/v1/me",           Some(Code::HttpMethodInvalid)),
            ("GET",   "/v1/%",            Some(Code::UriInvalid)),
            ("GET",   "/v1/%4",           Some(Code::UriInvalid)),
            ("GET",   "/v1/%zz",          Some(Code::UriInvalid)),
            ("GET",   "/v1/%ff",          Some(Code::UriInvalid)),
            ("GET",   "/v1/a%00b",        Some(Code::EncodingInvalid)),
        ];
        for (method, path, code) in table {
            let told = match judge(method, path) {
                Ok(()) => None,
                Err(Error {
                    cause: Cause::Unreadable(problem),
                    ..
                }) => problem.code,
                Err(other) => panic!("{other}"),
            };
            assert_eq!(told, code, "{method} {path}");
        }
    }
}
