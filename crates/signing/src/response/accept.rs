//! `Keygen-Accept-Signature`: `[keyid="<account id>", ]algorithm="<alg>"[;]`, in any case.

use std::{borrow::Cow, fmt::Display};

use crate::algorithm::Algorithm;

/// How a client wants its answer signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptSignature {
    algorithm: Algorithm,
    /// The client's own spelling, which the answer repeats. Borrowed in the usual one.
    written: Cow<'static, str>,
}

/// Why a `Keygen-Accept-Signature` header is refused; prints as the contract's detail text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcceptError {
    /// It doesn't follow the grammar. The refusal goes out unsigned.
    #[error("invalid accept-signature header (malformed)")]
    Malformed,
    /// No such algorithm. The refusal goes out unsigned.
    #[error("invalid accept-signature header (unsupported algorithm)")]
    UnsupportedAlgorithm,
    /// The key belongs to another account. The refusal is signed, as asked.
    #[error("invalid accept-signature header (keyid not found)")]
    KeyidNotFound(AcceptSignature),
}

impl AcceptSignature {
    /// The wish for `algorithm` in its usual spelling.
    pub const fn of(algorithm: Algorithm) -> Self {
        Self {
            algorithm,
            written: Cow::Borrowed(algorithm.name()),
        }
    }

    /// Reads the header of a request to `account`.
    ///
    /// # Errors
    /// The first that holds of: malformed, unsupported algorithm, keyid not found.
    pub fn parse(header: &str, account: impl Display) -> Result<Self, AcceptError> {
        let header = header.trim();
        let (keyid, header) = match parameter(header, "keyid") {
            Some((keyid, rest)) => {
                let rest = rest.strip_prefix(',').ok_or(AcceptError::Malformed)?;
                (Some(keyid), rest.trim_start())
            }
            None => (None, header),
        };
        let (written, rest) = parameter(header, "algorithm").ok_or(AcceptError::Malformed)?;
        if !matches!(rest, "" | ";") {
            return Err(AcceptError::Malformed);
        }

        let algorithm = Algorithm::ALL
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(written))
            .ok_or(AcceptError::UnsupportedAlgorithm)?;
        let accept = if written == algorithm.name() {
            Self::of(algorithm)
        } else {
            Self {
                algorithm,
                written: Cow::Owned(written.to_owned()),
            }
        };

        match keyid {
            Some(keyid) if !keyid.eq_ignore_ascii_case(&account.to_string()) => {
                Err(AcceptError::KeyidNotFound(accept))
            }
            _ => Ok(accept),
        }
    }

    /// The algorithm asked for.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The algorithm's name as the client wrote it.
    pub fn written(&self) -> &str {
        &self.written
    }
}

/// Without the header, answers are signed with Ed25519.
impl Default for AcceptSignature {
    fn default() -> Self {
        Self::of(Algorithm::Ed25519)
    }
}

/// Splits `name="value"rest` into value and rest; the value can't be empty.
fn parameter<'a>(text: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let found = text.get(..name.len())?;
    let value = text[name.len()..].strip_prefix("=\"")?;
    let (value, rest) = value.split_once('"')?;
    (found.eq_ignore_ascii_case(name) && !value.is_empty()).then_some((value, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ACCOUNT: &str = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";
    const OTHER: &str = "c4a0e7d1-52b3-4a53-8f44-77a1c2d3e455";

    fn parse(header: &str) -> Result<AcceptSignature, AcceptError> {
        AcceptSignature::parse(header, ACCOUNT)
    }

    #[test]
    fn every_algorithm_is_accepted_with_and_without_keyid() {
        for algorithm in Algorithm::ALL {
            for header in [
                format!(r#"algorithm="{algorithm}""#),
                format!(r#"algorithm="{algorithm}";"#),
                format!(r#"keyid="{ACCOUNT}", algorithm="{algorithm}""#),
                format!(r#"keyid="{ACCOUNT}",algorithm="{algorithm}";"#),
                format!(
                    r#" KeyID="{}", ALGORITHM="{algorithm}" "#,
                    ACCOUNT.to_uppercase()
                ),
            ] {
                assert_eq!(
                    parse(&header),
                    Ok(AcceptSignature::of(algorithm)),
                    "{header}"
                );
            }
        }
    }

    #[test]
    fn an_algorithm_in_capitals_is_kept_as_written() {
        let accept = parse(r#"algorithm="RSA-SHA256""#).unwrap();

        assert_eq!(accept.algorithm(), Algorithm::RsaSha256);
        assert_eq!(accept.written(), "RSA-SHA256");
    }

    #[test]
    fn what_does_not_follow_the_grammar_is_malformed() {
        for header in [
            "",
            "ed25519",
            "algorithm=ed25519",
            r#"algorithm="""#,
            r#"algorithm="ed25519"#,
            r#"algorithm="ed25519" ;"#,
            r#"algorithm="ed25519";;"#,
            r#"algorithm="ed25519", headers="date""#,
            &format!(r#"keyid="{ACCOUNT}" algorithm="ed25519""#),
            &format!(r#"keyid="{ACCOUNT}""#),
            &format!(r#"keyid={ACCOUNT}, algorithm="ed25519""#),
            &format!(r#"algorithm="ed25519", keyid="{ACCOUNT}""#),
            "ålgorithm=\"ed25519\"",
        ] {
            assert_eq!(parse(header), Err(AcceptError::Malformed), "{header}");
        }
    }

    #[test]
    fn an_unknown_algorithm_is_blamed_before_a_foreign_keyid() {
        for header in [
            r#"algorithm="rsa-sha1""#.to_owned(),
            format!(r#"keyid="{OTHER}", algorithm="rsa-sha1""#),
        ] {
            assert_eq!(parse(&header), Err(AcceptError::UnsupportedAlgorithm));
        }
    }

    #[test]
    fn a_foreign_keyid_is_not_found_but_tells_how_to_sign_the_refusal() {
        let error = parse(&format!(r#"keyid="{OTHER}", algorithm="ecdsa-p256""#)).unwrap_err();

        let wish = AcceptSignature::of(Algorithm::EcdsaP256);
        assert_eq!(error, AcceptError::KeyidNotFound(wish));
    }

    #[test]
    fn refusals_print_the_texts_of_the_contract() {
        let texts = [
            AcceptError::Malformed,
            AcceptError::UnsupportedAlgorithm,
            AcceptError::KeyidNotFound(AcceptSignature::default()),
        ]
        .map(|error| error.to_string());

        assert_eq!(
            texts,
            [
                "invalid accept-signature header (malformed)",
                "invalid accept-signature header (unsupported algorithm)",
                "invalid accept-signature header (keyid not found)",
            ]
        );
    }

    proptest! {
        #[test]
        fn no_header_makes_the_parser_panic(header in r#"(keyid|algorithm|[",;= é]|\PC){0,12}"#) {
            let _ = parse(&header);
        }
    }
}
