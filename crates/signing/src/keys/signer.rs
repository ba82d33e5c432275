//! Signs with an account's keys, each parsed once.

use std::{fmt, sync::OnceLock};

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::KeyPair as RsaKeyPair,
    signature::{
        EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaPssSaltLength,
        RsaSignatureEncoding,
    },
};
use ed25519_dalek::{Signer as _, SigningKey};
use rsa::{Pkcs1v15Sign, RsaPrivateKey, pkcs8::DecodePrivateKey};

use super::{AccountKeys, KeyRejected, PublicKeys};
use crate::algorithm::{Algorithm, Signature};

/// The contract asks for the longest salt that fits, not the usual one of the digest's length.
const RSA_PSS_SHA256_LONGEST_SALT: RsaSignatureEncoding =
    RSA_PSS_SHA256.with_pss_salt_length(RsaPssSaltLength::Max);

/// Signs for one account. Make it once and keep it: parsing is most of the cost.
///
/// The Ed25519 key is parsed at once (20 µs) because every answer needs it. RSA
/// (320 µs) and P-256 are parsed when first asked for, since most accounts never do.
/// Signing takes about 30 µs with Ed25519 or P-256 and 750 µs with RSA.
pub struct Signer {
    keys: AccountKeys,
    ed25519: SigningKey,
    rsa: OnceLock<RsaKeyPair>,
    rsa_recoverable: OnceLock<RsaPrivateKey>,
    p256: OnceLock<EcdsaKeyPair>,
    public: OnceLock<PublicKeys>,
}

/// Signing failed. The keys were checked when they were made, so this is never the caller's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// The stored key can't be used.
    #[error("a key of the account is unusable: {0}")]
    Key(#[from] KeyRejected),
    /// The library refused; in practice it is out of memory or randomness.
    #[error("the {0} operation failed")]
    Operation(&'static str),
}

impl Signer {
    /// A signer over an account's keys.
    pub fn new(keys: AccountKeys) -> Self {
        Self {
            ed25519: SigningKey::from_bytes(keys.ed25519.expose()),
            keys,
            rsa: OnceLock::new(),
            rsa_recoverable: OnceLock::new(),
            p256: OnceLock::new(),
            public: OnceLock::new(),
        }
    }

    /// Signs `message`. The PSS salt and the ECDSA nonce come from the operating
    /// system: aws-lc takes no other source, and a repeated nonce would give the key away.
    ///
    /// # Errors
    /// Never with Ed25519; see [`SigningError`].
    pub fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Signature, SigningError> {
        match algorithm {
            Algorithm::Ed25519 => Ok(Signature::copy_of(&self.ed25519.sign(message).to_bytes())),
            Algorithm::RsaPssSha256 => self.sign_rsa(&RSA_PSS_SHA256_LONGEST_SALT, message),
            Algorithm::RsaSha256 => self.sign_rsa(&RSA_PKCS1_SHA256, message),
            Algorithm::EcdsaP256 => self.sign_p256(message),
        }
    }

    /// Makes `message` recoverable by whoever has the public RSA key: PKCS#1 v1.5
    /// padding of type 1 around the message itself, then the private-key operation.
    ///
    /// `message` must not be longer than [`Signer::RECOVERABLE_BYTES`].
    pub(crate) fn sign_recoverably(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let key = parsed_once(&self.rsa_recoverable, || {
            // aws-lc-rs has no private-key operation on a message that is not hashed.
            RsaPrivateKey::from_pkcs8_der(self.keys.rsa.expose())
                .map_err(|_| KeyRejected("an RSA private key in PKCS#8"))
        })?;
        // Blinded, with randomness from the operating system.
        key.sign(Pkcs1v15Sign::new_unprefixed(), message)
            .map_err(|_| SigningError::Operation("RSA private-key"))
    }

    /// The longest message RSA-2048 can carry inside: the modulus less eleven bytes of padding.
    pub(crate) const RECOVERABLE_BYTES: usize = 245;

    /// The public halves, computed once.
    ///
    /// # Errors
    /// If a stored key can't be used.
    pub fn public_keys(&self) -> Result<&PublicKeys, SigningError> {
        parsed_once(&self.public, || {
            let rsa = self.rsa()?.public_key();
            let rsa = AsDer::<PublicKeyX509Der<'_>>::as_der(rsa)
                .map_err(|_| SigningError::Operation("RSA public key encoding"))?;
            let p256 = self.p256()?.public_key();
            let p256 = AsDer::<PublicKeyX509Der<'_>>::as_der(p256)
                .map_err(|_| SigningError::Operation("P-256 public key encoding"))?;
            let ed25519 = self.ed25519.verifying_key();
            Ok(PublicKeys::new(
                ed25519.as_bytes(),
                rsa.as_ref(),
                p256.as_ref(),
            ))
        })
    }

    fn sign_rsa(
        &self,
        encoding: &'static RsaSignatureEncoding,
        message: &[u8],
    ) -> Result<Signature, SigningError> {
        let mut bytes = [0; Signature::MAX_BYTES];
        self.rsa()?
            .sign(encoding, &SystemRandom::new(), message, &mut bytes)
            .map_err(|_| SigningError::Operation("RSA signing"))?;
        Ok(Signature::copy_of(&bytes))
    }

    fn sign_p256(&self, message: &[u8]) -> Result<Signature, SigningError> {
        let signature = self
            .p256()?
            .sign(&SystemRandom::new(), message)
            .map_err(|_| SigningError::Operation("P-256 signing"))?;
        Ok(Signature::copy_of(signature.as_ref()))
    }

    fn rsa(&self) -> Result<&RsaKeyPair, KeyRejected> {
        parsed_once(&self.rsa, || self.keys.parse_rsa())
    }

    fn p256(&self) -> Result<&EcdsaKeyPair, KeyRejected> {
        parsed_once(&self.p256, || self.keys.parse_p256())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(***)")
    }
}

/// What `cell` holds, made by `parse` if it is empty. Two racers may both parse; one result stays.
fn parsed_once<T, E>(cell: &OnceLock<T>, parse: impl FnOnce() -> Result<T, E>) -> Result<&T, E> {
    match cell.get() {
        Some(parsed) => Ok(parsed),
        None => {
            let parsed = parse()?;
            Ok(cell.get_or_init(|| parsed))
        }
    }
}

#[cfg(test)]
mod tests;
