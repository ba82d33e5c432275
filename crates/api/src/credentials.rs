//! Where a request carries its credential (identity reference §9.1); which one counts is decided
//! in the pipeline.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use keystead_app::authenticate::Credential;
use keystead_domain::{Code, Kind, Problem, Refused};

/// What a request presents.
#[derive(Clone)]
pub enum Presented {
    /// Nothing that Keystead knows.
    Nothing,
    /// A token or a license key.
    Credential(Credential),
    /// An e-mail and a password, which count on `POST /tokens` alone.
    Login(Login),
    /// The value of the portal's session cookie.
    Session(String),
}

/// An e-mail and a password, as sent.
#[derive(Clone)]
pub struct Login {
    /// The user part, which holds an `@`.
    pub email: String,
    /// The password part, possibly empty.
    pub password: String,
}

/// The credential of the `Authorization` header; `None` without one of a known scheme.
///
/// `logs_in` says that the request is `POST /tokens`, where an e-mail with a password counts.
///
/// # Errors
/// 400 `ENCODING_INVALID` when a Basic header is not text.
pub fn of_header(authorization: Option<&str>, logs_in: bool) -> Result<Option<Presented>, Refused> {
    let Some(header) = authorization.map(str::trim) else {
        return Ok(None);
    };
    let (word, rest) = header
        .split_once(char::is_whitespace)
        .unwrap_or((header, ""));
    Ok(match word.to_ascii_lowercase().as_str() {
        "bearer" | "token" => Some(token(rest)),
        "license" => Some(license_key(rest)),
        "basic" => Some(basic(rest, logs_in)?),
        _ => None,
    })
}

/// The credential of the query: `token`, else `auth`.
pub fn of_query(query: impl Fn(&str) -> Option<String>) -> Presented {
    let value = query("token")
        .filter(|value| !value.is_empty())
        .or_else(|| query("auth"));
    value.as_deref().map_or(Presented::Nothing, from_query)
}

/// `Bearer token=<token>` and quotes around the value are tolerated.
fn token(text: &str) -> Presented {
    let text = text.trim();
    let text = text.strip_prefix("token=").unwrap_or(text);
    bare_token(text.trim_matches('"'))
}

fn bare_token(text: &str) -> Presented {
    if text.is_empty() {
        Presented::Nothing
    } else {
        Presented::Credential(Credential::Token(text.to_owned()))
    }
}

fn license_key(text: &str) -> Presented {
    let text = text.trim();
    if text.is_empty() {
        Presented::Nothing
    } else {
        Presented::Credential(Credential::LicenseKey(text.to_owned()))
    }
}

fn from_query(value: &str) -> Presented {
    match value.split_once(':') {
        Some(("license", key)) => license_key(key),
        Some(("token", value)) => bare_token(value),
        _ => bare_token(value),
    }
}

fn basic(text: &str, logs_in: bool) -> Result<Presented, Refused> {
    let decoded = decode(text)?;
    let Some((user, secret)) = decoded.split_once(':') else {
        return Ok(bare_token(&decoded));
    };
    if logs_in && user.contains('@') {
        let login = Login {
            email: user.to_owned(),
            password: secret.to_owned(),
        };
        return Ok(Presented::Login(login));
    }
    Ok(match user {
        "license" => license_key(secret),
        "token" => bare_token(secret),
        token => bare_token(token),
    })
}

/// Clients wrap, quote and forget the padding of base64; all that matters is in the alphabet.
fn decode(text: &str) -> Result<String, Refused> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let kept: String = text
        .chars()
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/'))
        .collect();
    LENIENT
        .decode(kept)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| {
            let code = Code::EncodingInvalid;
            Problem::new(Kind::BadRequest, code.detail())
                .code(code)
                .into()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(authorization: Option<&str>, query: &[(&str, &str)], logs_in: bool) -> String {
        let query = |name: &str| {
            query
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        };
        let presented = match of_header(authorization, logs_in) {
            Ok(Some(presented)) => Ok(presented),
            Ok(None) => Ok(of_query(query)),
            Err(refused) => Err(refused),
        };
        match presented {
            Ok(Presented::Session(_)) => unreachable!("neither header nor query holds a cookie"),
            Ok(Presented::Nothing) => "nothing".to_owned(),
            Ok(Presented::Credential(Credential::Token(token))) => format!("token {token}"),
            Ok(Presented::Credential(Credential::LicenseKey(key))) => format!("key {key}"),
            Ok(Presented::Login(login)) => format!("login {} {}", login.email, login.password),
            Err(refused) => refused.to_string(),
        }
    }

    #[test]
    fn every_form_of_the_header_is_understood() {
        #[rustfmt::skip]
        let table = [
            ("Bearer prod-1v3",               "token prod-1v3"),
            ("bearer prod-1v3",               "token prod-1v3"),
            ("Token prod-1v3",                "token prod-1v3"),
            ("Bearer token=\"prod-1v3\"",     "token prod-1v3"),
            ("License AB-CD",                 "key AB-CD"),
            ("Basic bGljZW5zZTpBQi1DRA==",    "key AB-CD"),
            ("Basic dG9rZW46cHJvZC0xdjM=",    "token prod-1v3"),
            ("Basic cHJvZC0xdjM6",            "token prod-1v3"),
            ("Basic \"cHJvZC0\nxdjM6\"",      "token prod-1v3"),
            ("Basic YUBiLmM6c2VjcmV0",        "token a@b.c"),
            ("Digest x",                      "nothing"),
            ("Bearer ",                       "nothing"),
        ];
        for (header, expected) in table {
            assert_eq!(shown(Some(header), &[], false), expected, "{header}");
        }
    }

    #[test]
    fn an_email_logs_in_where_tokens_are_made_and_nowhere_else() {
        assert_eq!(
            shown(Some("Basic YUBiLmM6c2VjcmV0"), &[], true),
            "login a@b.c secret"
        );
    }

    #[test]
    fn the_header_wins_over_the_query_and_token_over_auth() {
        let query = [("token", "license:K"), ("auth", "token:T")];
        assert_eq!(shown(Some("Bearer X"), &query, false), "token X");
        assert_eq!(shown(None, &query, false), "key K");
        assert_eq!(shown(None, &query[1..], false), "token T");
        assert_eq!(shown(Some("Digest x"), &query[1..], false), "token T");
        assert_eq!(
            shown(None, &[("token", ""), ("auth", "bare")], false),
            "token bare"
        );
    }

    #[test]
    fn a_basic_header_that_is_no_text_is_an_encoding_problem() {
        assert!(shown(Some("Basic //79"), &[], false).contains("invalid byte sequence"));
    }
}
