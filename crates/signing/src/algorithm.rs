//! The four ways to sign, by the names clients know them by, and what they produce.

use std::fmt;

use base64::{Engine, engine::general_purpose};

/// A signature algorithm of responses, webhooks and certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Ed25519 over the message; the default.
    Ed25519,
    /// RSASSA-PSS with SHA-256, MGF1-SHA-256 and the longest salt that fits (222 bytes).
    RsaPssSha256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaSha256,
    /// ECDSA on P-256 with SHA-256, the signature in DER.
    EcdsaP256,
}

impl Algorithm {
    /// Every algorithm, the default first.
    pub const ALL: [Self; 4] = [
        Self::Ed25519,
        Self::RsaPssSha256,
        Self::RsaSha256,
        Self::EcdsaP256,
    ];

    /// The algorithm's spelling on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::RsaPssSha256 => "rsa-pss-sha256",
            Self::RsaSha256 => "rsa-sha256",
            Self::EcdsaP256 => "ecdsa-p256",
        }
    }

    /// The algorithm spelled exactly `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The bytes of a signature, kept off the heap because every response has one.
#[derive(Clone)]
pub struct Signature {
    bytes: [u8; Self::MAX_BYTES],
    length: usize,
}

impl Signature {
    /// The longest there is: RSA-2048.
    pub(crate) const MAX_BYTES: usize = 256;

    /// Copies a signature, which must not be longer than [`Self::MAX_BYTES`].
    pub(crate) fn copy_of(signature: &[u8]) -> Self {
        let mut bytes = [0; Self::MAX_BYTES];
        bytes[..signature.len()].copy_from_slice(signature);
        Self {
            bytes,
            length: signature.len(),
        }
    }

    /// The signature as its algorithm defines it: raw for Ed25519 and RSA, DER for ECDSA.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Standard base64 with padding and without line breaks.
    pub fn to_base64(&self) -> String {
        general_purpose::STANDARD.encode(self.as_bytes())
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_base64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_algorithm() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
        }
        assert_eq!(Algorithm::from_name("rsa-sha1"), None);
        assert_eq!(Algorithm::from_name("ED25519"), None);
    }
}
