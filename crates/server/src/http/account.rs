//! `/v1/accounts/{account}/licenses` is routed as `/v1/licenses`: one API serves both forms.
//!
//! Poem's `nest` refuses captures, so the account is peeled off before routing.

use std::borrow::Cow;

use poem::http::Uri;
use poem::http::uri::PathAndQuery;

const PREFIX: &str = "/v1/accounts/";

/// The account named by a path, and the path without it, to be routed.
#[derive(Debug, PartialEq, Eq)]
pub struct Peeled<'a> {
    /// Percent-decoded id or slug.
    pub account: Option<Cow<'a, str>>,
    /// `/v1/…`; the account itself (`/v1/accounts/{account}`) stays as it is.
    pub path: Cow<'a, str>,
}

/// Takes the account off a path. A slash at the end makes no difference.
pub fn peel(path: &str) -> Peeled<'_> {
    let path = match path.trim_end_matches('/') {
        "" => "/",
        trimmed => trimmed,
    };
    let Some(rest) = path.strip_prefix(PREFIX) else {
        return Peeled {
            account: None,
            path: path.into(),
        };
    };
    let (account, path) = match rest.split_once('/') {
        Some((account, rest)) => (account, format!("/v1/{rest}").into()),
        None => (rest, Cow::from(path)),
    };
    Peeled {
        account: (!account.is_empty()).then(|| decode(account)),
        path,
    }
}

/// The same URI with another path; `None` when the two don't make one.
pub fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let text = match uri.query() {
        Some(query) => Cow::from(format!("{path}?{query}")),
        None => Cow::from(path),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(text.as_ref()).ok()?);
    Uri::from_parts(parts).ok()
}

/// Percent-decodes; what isn't UTF-8 then names no account and stays as it came.
fn decode(segment: &str) -> Cow<'_, str> {
    if !segment.contains('%') {
        return segment.into();
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = (byte == b'%')
            .then(|| tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(escaped.unwrap_or(byte));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).map_or(Cow::from(segment), Cow::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_url_forms_are_routed_alike() {
        #[rustfmt::skip]
        let cases = [
            ("/v1/licenses",                     None,         "/v1/licenses"),
            ("/v1/accounts/acme/licenses",       Some("acme"), "/v1/licenses"),
            ("/v1/accounts/acme/licenses/a%2Fb", Some("acme"), "/v1/licenses/a%2Fb"),
            ("/v1/accounts/acme/me/",            Some("acme"), "/v1/me"),
            ("/v1/accounts/ac%6De/me",           Some("acme"), "/v1/me"),
            ("/v1/accounts/a%zz%/me",            Some("a%zz%"), "/v1/me"),
            ("/v1/accounts/a%ff/me",             Some("a%ff"), "/v1/me"),
            ("/v1/accounts/acme",                Some("acme"), "/v1/accounts/acme"),
            ("/v1/accounts/acme/",               Some("acme"), "/v1/accounts/acme"),
            ("/v1/accounts//me",                 None,         "/v1/me"),
            ("/v1/accounts",                     None,         "/v1/accounts"),
            ("/v1/accounts/",                    None,         "/v1/accounts"),
            ("/v1/accountsx/acme/me",            None,         "/v1/accountsx/acme/me"),
            ("/v2/accounts/acme/me",             None,         "/v2/accounts/acme/me"),
            ("/",                                None,         "/"),
        ];

        for (given, account, routed) in cases {
            let peeled = peel(given);
            assert_eq!(peeled.account.as_deref(), account, "{given}");
            assert_eq!(peeled.path, routed, "{given}");
        }
    }

    #[test]
    fn the_query_survives_a_new_path() {
        let uri = Uri::from_static("http://host:1/v1/accounts/acme/users?page%5Bsize%5D=5");

        let routed = with_path(&uri, "/v1/users").unwrap();

        assert_eq!(
            routed.to_string(),
            "http://host:1/v1/users?page%5Bsize%5D=5"
        );
    }
}
