//! JWT keys: compact JWS with RS256 over the claims given as JSON.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::{
    algorithm::Algorithm,
    keys::{Signer, SigningError},
};

const HEADER: &str = r#"{"alg":"RS256"}"#;

/// Claims that are instants and so must be numbers (RFC 7519, section 4.1), in the order checked.
const NUMERIC: [&str; 3] = ["exp", "iat", "nbf"];

/// Why a seed is not a payload of claims; prints as the contract's words in parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsError {
    /// Not JSON, or not an object of claims.
    #[error("must be a valid JSON encoded string")]
    NotJson,
    /// An instant that isn't a number.
    #[error("{claim} claim must be a numeric value but it is {found}")]
    NotNumeric {
        /// The claim's name.
        claim: &'static str,
        /// What it is instead, with its article.
        found: &'static str,
    },
}

/// The seed as claims, re-serialised without white space and in its own order.
pub(super) fn claims(seed: &str) -> Result<String, ClaimsError> {
    let claims: serde_json::Map<String, Value> =
        serde_json::from_str(seed).map_err(|_| ClaimsError::NotJson)?;
    for claim in NUMERIC {
        let found = match claims.get(claim) {
            None | Some(Value::Number(_)) => continue,
            Some(Value::Null) => "null",
            Some(Value::Bool(_)) => "a boolean",
            Some(Value::String(_)) => "a string",
            Some(Value::Array(_)) => "an array",
            Some(Value::Object(_)) => "an object",
        };
        return Err(ClaimsError::NotNumeric { claim, found });
    }
    Ok(Value::Object(claims).to_string())
}

/// The signed token; base64url without padding, as JWS wants it.
pub(super) fn sign(claims: &str, signer: &Signer) -> Result<String, SigningError> {
    let mut token = URL_SAFE_NO_PAD.encode(HEADER);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    let signature = signer.sign(Algorithm::RsaSha256, token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature.as_bytes(), &mut token);
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_written_compactly_in_their_order() {
        let seed = "{ \"sub\": \"é\\u0041/\",\n \"exp\": 1.5, \"a\": [1, null] }";

        assert_eq!(
            claims(seed).unwrap(),
            r#"{"sub":"éA/","exp":1.5,"a":[1,null]}"#
        );
    }

    #[test]
    fn what_is_no_object_in_json_is_refused() {
        for seed in ["", "short", "{", "\"text\"", "1", "null", "[]", "{} {}"] {
            assert_eq!(claims(seed), Err(ClaimsError::NotJson), "{seed:?}");
        }
    }

    #[test]
    fn an_instant_must_be_a_number() {
        for (seed, text) in [
            (
                r#"{"exp":"soon"}"#,
                "exp claim must be a numeric value but it is a string",
            ),
            (
                r#"{"iat":true}"#,
                "iat claim must be a numeric value but it is a boolean",
            ),
            (
                r#"{"nbf":null}"#,
                "nbf claim must be a numeric value but it is null",
            ),
            (
                r#"{"nbf":[],"exp":{}}"#,
                "exp claim must be a numeric value but it is an object",
            ),
            (
                r#"{"nbf":[],"exp":1}"#,
                "nbf claim must be a numeric value but it is an array",
            ),
        ] {
            assert_eq!(claims(seed).unwrap_err().to_string(), text);
        }
    }
}
