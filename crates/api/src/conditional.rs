//! Conditional requests (RFC 9110 §13): whether a client has already what it asks for.

use chrono::{DateTime, Utc};

/// Whether `If-None-Match` names what has this ETag, weakly compared.
pub fn matches(asked: Option<&str>, etag: Option<&str>) -> bool {
    let bare = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    asked.is_some_and(|asked| {
        asked
            .split(',')
            .any(|one| one.trim() == "*" || Some(bare(one).as_str()) == etag)
    })
}

/// An instant as HTTP dates it.
pub fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_is_known_by_what_is_quoted() {
        #[rustfmt::skip]
        let table = [
            (None,                        false),
            (Some("\"abc\""),             true),
            (Some("W/\"abc\""),           true),
            (Some("\"x\", W/\"abc\""),    true),
            (Some("*"),                   true),
            (Some("\"x\""),               false),
            (Some("abc"),                 false),
        ];
        for (asked, expected) in table {
            assert_eq!(matches(asked, Some("\"abc\"")), expected, "{asked:?}");
        }
        assert!(!matches(Some("\"abc\""), None));
    }
}
