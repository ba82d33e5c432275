//! Tokens: made, recognised by shape, and kept only as a digest.

use std::{fmt, hash::Hash};

use subtle::ConstantTimeEq;

use crate::{
    digest::sha256,
    entropy::{self, Entropy},
    secret::Secret,
};

/// Whose token it is, which shows in its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Of an environment.
    Environment,
    /// Of a product.
    Product,
    /// Of an admin.
    Admin,
    /// Of a developer.
    Developer,
    /// Of a sales agent.
    Sales,
    /// Of a support agent.
    Support,
    /// Of a read-only member of staff.
    ReadOnly,
    /// Of a user.
    User,
    /// Of a license.
    Activation,
}

impl TokenKind {
    /// What a token of this kind starts with, before the dash.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Environment => "env",
            Self::Product => "prod",
            Self::Admin => "admin",
            Self::Developer => "dev",
            Self::Sales => "sales",
            Self::Support => "spprt",
            Self::ReadOnly => "read",
            Self::User => "user",
            Self::Activation => "activ",
        }
    }

    /// The kind's spelling on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment-token",
            Self::Product => "product-token",
            Self::Admin => "admin-token",
            Self::Developer => "developer-token",
            Self::Sales => "sales-token",
            Self::Support => "support-token",
            Self::ReadOnly => "read-only-token",
            Self::User => "user-token",
            Self::Activation => "activation-token",
        }
    }
}

/// A fresh token: `<prefix>-<64 hex>v3`, 256 random bits. A license's has 32 hex digits,
/// 128 bits, because clients know its length.
pub fn generate(kind: TokenKind, entropy: &mut dyn Entropy) -> Secret<String> {
    let random = Secret::new(match kind {
        TokenKind::Activation => entropy::hex::<16>(entropy),
        _ => entropy::hex::<32>(entropy),
    });
    Secret::new(format!("{}-{}v3", kind.prefix(), random.expose()))
}

/// A fresh secret for resetting a password: 48 hex digits and `v3`.
pub fn generate_password_reset(entropy: &mut dyn Entropy) -> Secret<String> {
    let mut secret = entropy::hex::<24>(entropy);
    secret.push_str("v3");
    Secret::new(secret)
}

/// The generation of a token, read from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenVersion {
    /// `<account>.<token>.<62 hex>v1`; no longer issued.
    V1,
    /// `<kind>-<62 hex>v2`; no longer issued.
    V2,
    /// `<prefix>-<64 hex>v3`; the one [`generate`] makes.
    V3,
}

/// Why a text can't be a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenShapeError {
    /// A UUID: somebody sent the token's id. The contract has a code of its own for it.
    #[error("token is formatted incorrectly")]
    LooksLikeId,
    /// It doesn't end in a version, so no stored token can match.
    #[error("token has no known version")]
    Unversioned,
}

/// Tells by its shape whether a text may be a token at all, before the database is asked.
///
/// # Errors
/// If it can't be one.
pub fn version(raw: &str) -> Result<TokenVersion, TokenShapeError> {
    if looks_like_id(raw) {
        return Err(TokenShapeError::LooksLikeId);
    }
    // Not by length: what follows the prefix differs between versions and kinds.
    match raw.rsplit_once('v').map(|(_, digits)| digits) {
        Some("1") => Ok(TokenVersion::V1),
        Some("2") => Ok(TokenVersion::V2),
        Some("3") => Ok(TokenVersion::V3),
        _ => Err(TokenShapeError::Unversioned),
    }
}

/// Whether a text has the dashed form of a UUID, of any version.
fn looks_like_id(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// The SHA-256 of a token: all that is stored. Enough, because tokens are random
/// and long, unlike passwords.
#[derive(Clone, Copy, PartialOrd, Ord)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// The digest of a raw token.
    pub fn of(raw: &str) -> Self {
        Self(sha256(raw.as_bytes()))
    }

    /// A digest read from the database.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest as stored.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Takes the same time wherever the digests differ.
impl PartialEq for TokenDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenDigest {}

impl Hash for TokenDigest {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::{SystemEntropy, counting::Counting};

    const KINDS: [TokenKind; 9] = [
        TokenKind::Environment,
        TokenKind::Product,
        TokenKind::Admin,
        TokenKind::Developer,
        TokenKind::Sales,
        TokenKind::Support,
        TokenKind::ReadOnly,
        TokenKind::User,
        TokenKind::Activation,
    ];

    #[test]
    fn a_token_is_its_prefix_its_randomness_and_its_version() {
        assert_eq!(
            generate(TokenKind::Admin, &mut Counting(0)).expose(),
            "admin-000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fv3"
        );
        assert_eq!(
            generate(TokenKind::Activation, &mut Counting(0)).expose(),
            "activ-000102030405060708090a0b0c0d0e0fv3"
        );
        assert_eq!(
            generate_password_reset(&mut Counting(0)).expose(),
            "000102030405060708090a0b0c0d0e0f1011121314151617v3"
        );
    }

    #[test]
    fn a_fresh_token_of_every_kind_has_version_three() {
        for kind in KINDS {
            let token = generate(kind, &mut SystemEntropy);

            assert_eq!(version(token.expose()), Ok(TokenVersion::V3));
            assert!(kind.name().ends_with("-token"));
            assert_eq!(format!("{token:?}"), "***");
        }
    }

    #[test]
    fn old_tokens_are_recognised() {
        let hex = "a".repeat(62);

        assert_eq!(
            version(&format!("{0}.{0}.{hex}v1", "b".repeat(32))),
            Ok(TokenVersion::V1)
        );
        assert_eq!(version(&format!("admi-{hex}v2")), Ok(TokenVersion::V2));
    }

    #[test]
    fn a_uuid_is_no_token_and_told_apart_from_other_texts() {
        for id in [
            "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10",
            "0B7F0A0E-5D3C-4A0B-8F1F-0C1E7A3A4B10",
        ] {
            assert_eq!(version(id), Err(TokenShapeError::LooksLikeId));
        }
        for text in [
            "",
            "v",
            "v4",
            "admin-abc",
            "admin-abcv33",
            "admin-abcv3 ",
            "v3x",
        ] {
            assert_eq!(version(text), Err(TokenShapeError::Unversioned), "{text:?}");
        }
    }

    #[test]
    fn a_digest_finds_its_token_and_no_other() {
        let stored = TokenDigest::from_bytes(*TokenDigest::of("admin-1v3").as_bytes());

        assert_eq!(TokenDigest::of("admin-1v3"), stored);
        assert_ne!(TokenDigest::of("admin-2v3"), stored);
        // FIPS 180-4, example "abc".
        assert_eq!(
            hex::encode(TokenDigest::of("abc").as_bytes()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
