//! The list of key schemes.

use std::fmt;

use crate::algorithm::Algorithm;

/// How a policy's license keys are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Seed signed with Ed25519.
    Ed25519Sign,
    /// Seed signed with ECDSA on P-256.
    EcdsaP256Sign,
    /// Seed signed with RSA PKCS#1 v1.5, the prefix covered.
    Rsa2048Pkcs1SignV2,
    /// Seed signed with RSA-PSS, the prefix covered.
    Rsa2048Pkcs1PssSignV2,
    /// Seed signed with RSA PKCS#1 v1.5, bare.
    Rsa2048Pkcs1Sign,
    /// Seed signed with RSA-PSS, bare.
    Rsa2048Pkcs1PssSign,
    /// Seed inside an RSA block that the public key opens.
    Rsa2048Pkcs1Encrypt,
    /// Seed as the claims of a JWT.
    Rsa2048JwtRs256,
    /// Random key, stored as a hash only.
    LegacyEncrypt,
}

/// Each scheme, its spelling on the wire, and how files of its licenses are signed by default.
#[rustfmt::skip]
const SCHEMES: &[(Scheme, &str, Algorithm)] = &[
    (Scheme::Ed25519Sign,           "ED25519_SIGN",               Algorithm::Ed25519),
    (Scheme::EcdsaP256Sign,         "ECDSA_P256_SIGN",            Algorithm::EcdsaP256),
    (Scheme::Rsa2048Pkcs1SignV2,    "RSA_2048_PKCS1_SIGN_V2",     Algorithm::RsaSha256),
    (Scheme::Rsa2048Pkcs1PssSignV2, "RSA_2048_PKCS1_PSS_SIGN_V2", Algorithm::RsaPssSha256),
    (Scheme::Rsa2048Pkcs1Sign,      "RSA_2048_PKCS1_SIGN",        Algorithm::RsaSha256),
    (Scheme::Rsa2048Pkcs1PssSign,   "RSA_2048_PKCS1_PSS_SIGN",    Algorithm::RsaPssSha256),
    (Scheme::Rsa2048Pkcs1Encrypt,   "RSA_2048_PKCS1_ENCRYPT",     Algorithm::RsaSha256),
    (Scheme::Rsa2048JwtRs256,       "RSA_2048_JWT_RS256",         Algorithm::RsaSha256),
    (Scheme::LegacyEncrypt,         "LEGACY_ENCRYPT",             Algorithm::Ed25519),
];

impl Scheme {
    /// Every scheme.
    pub fn all() -> impl Iterator<Item = Self> {
        SCHEMES.iter().map(|(scheme, ..)| *scheme)
    }

    /// The scheme's spelling on the wire.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The scheme spelled exactly `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|scheme| scheme.name() == name)
    }

    /// How license and machine files are signed unless asked otherwise; without a scheme
    /// that is [`Algorithm::Ed25519`].
    pub fn certificate_signing(self) -> Algorithm {
        self.row().2
    }

    fn row(self) -> &'static (Self, &'static str, Algorithm) {
        SCHEMES
            .iter()
            .find(|(scheme, ..)| *scheme == self)
            .expect("every scheme has its row, as a test checks")
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_has_one_row() {
        // The compiler asks for a new arm here when a scheme is added.
        let index = |scheme| match scheme {
            Scheme::Ed25519Sign => 0,
            Scheme::EcdsaP256Sign => 1,
            Scheme::Rsa2048Pkcs1SignV2 => 2,
            Scheme::Rsa2048Pkcs1PssSignV2 => 3,
            Scheme::Rsa2048Pkcs1Sign => 4,
            Scheme::Rsa2048Pkcs1PssSign => 5,
            Scheme::Rsa2048Pkcs1Encrypt => 6,
            Scheme::Rsa2048JwtRs256 => 7,
            Scheme::LegacyEncrypt => 8,
        };

        assert!(Scheme::all().map(index).eq(0..9));
    }

    #[test]
    fn every_name_leads_back_to_its_scheme() {
        for scheme in Scheme::all() {
            assert_eq!(Scheme::from_name(scheme.name()), Some(scheme));
        }
        assert_eq!(Scheme::from_name("ed25519_sign"), None);
    }
}
