//! License keys: plain ones, and those that prove themselves under a policy's scheme.

mod dataset;
mod jwt;
pub mod legacy;
mod scheme;
mod template;

pub use dataset::{Facts, Owner};
pub use jwt::ClaimsError;
pub use scheme::Scheme;

use base64::{Engine, engine::general_purpose::URL_SAFE};

use crate::{
    algorithm::Algorithm,
    entropy::{self, Entropy},
    keys::{Signer, SigningError},
    secret::Secret,
};

/// A license key ready to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// What is stored, shown and compared: the final key, or the hash of a legacy one.
    pub key: String,
    /// The legacy raw key, shown once and then forgotten. No other scheme has one.
    pub raw: Option<Secret<String>>,
}

/// Why no key could be issued; prints as the contract's detail text where it has one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// Too long to fit inside an RSA block: `KEY_BYTE_SIZE_EXCEEDED`.
    #[error(
        "key exceeds maximum byte length (max size of {} bytes)",
        Signer::RECOVERABLE_BYTES
    )]
    ByteSizeExceeded,
    /// Not a payload of JWT claims: `KEY_JWT_CLAIMS_INVALID`.
    #[error("key is not a valid JWT claims payload ({0})")]
    JwtClaims(#[from] ClaimsError),
    /// A legacy encrypted key is always made here: `KEY_NOT_SUPPORTED`.
    #[error("cannot be specified for a legacy encrypted license")]
    CannotBeGiven,
    /// Ours to fix, not the caller's.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// Makes the key of a new license: from the `given` one, or from nothing but its facts.
///
/// Without a scheme a given key is kept as it is, braces included. Under a scheme it is
/// a template, filled in and signed; without one, the license's dataset is signed.
///
/// # Errors
/// If the given key doesn't suit the scheme, or an account's key can't be used.
pub fn issue(
    scheme: Option<Scheme>,
    given: Option<&str>,
    facts: &Facts<'_>,
    signer: &Signer,
    entropy: &mut dyn Entropy,
) -> Result<Issued, IssueError> {
    let Some(scheme) = scheme else {
        let key = given.map_or_else(|| plain(entropy), str::to_owned);
        return Ok(Issued { key, raw: None });
    };
    if scheme == Scheme::LegacyEncrypt {
        if given.is_some() {
            return Err(IssueError::CannotBeGiven);
        }
        let raw = legacy::generate(facts.license, entropy);
        let key = legacy::hash(&raw, entropy);
        return Ok(Issued {
            key,
            raw: Some(raw),
        });
    }

    // The dataset is made of values, not of text to fill in: an e-mail address that
    // contains `{{email}}` must not be able to break out of its JSON string.
    let seed = match given {
        Some(template) => template::fill(template, facts),
        None => dataset::of(scheme, facts, entropy),
    };
    let key = seal_seed(scheme, &seed, signer)?;
    Ok(Issued { key, raw: None })
}

/// The default key without a scheme: 30 random hex digits and `V3`, in groups of six.
fn plain(entropy: &mut dyn Entropy) -> String {
    let mut digits = entropy::hex::<15>(entropy);
    digits.push_str("v3");
    digits.make_ascii_uppercase();
    let groups: Vec<_> = (0..digits.len())
        .step_by(6)
        .map(|start| &digits[start..digits.len().min(start + 6)])
        .collect();
    groups.join("-")
}

fn seal_seed(scheme: Scheme, seed: &str, signer: &Signer) -> Result<String, IssueError> {
    match scheme {
        Scheme::Ed25519Sign => with_prefix(Algorithm::Ed25519, seed, signer),
        Scheme::EcdsaP256Sign => with_prefix(Algorithm::EcdsaP256, seed, signer),
        Scheme::Rsa2048Pkcs1SignV2 => with_prefix(Algorithm::RsaSha256, seed, signer),
        Scheme::Rsa2048Pkcs1PssSignV2 => with_prefix(Algorithm::RsaPssSha256, seed, signer),
        Scheme::Rsa2048Pkcs1Sign => without_prefix(Algorithm::RsaSha256, seed, signer),
        Scheme::Rsa2048Pkcs1PssSign => without_prefix(Algorithm::RsaPssSha256, seed, signer),
        Scheme::Rsa2048Pkcs1Encrypt => {
            if seed.len() > Signer::RECOVERABLE_BYTES {
                return Err(IssueError::ByteSizeExceeded);
            }
            Ok(URL_SAFE.encode(signer.sign_recoverably(seed.as_bytes())?))
        }
        Scheme::Rsa2048JwtRs256 => {
            let claims = jwt::claims(seed)?;
            Ok(jwt::sign(&claims, signer)?)
        }
        // Handled by `issue`, because it makes two strings; a seed is never given.
        Scheme::LegacyEncrypt => Err(IssueError::CannotBeGiven),
    }
}

/// `key/<seed>.<signature>`, the signature over all before the dot.
fn with_prefix(algorithm: Algorithm, seed: &str, signer: &Signer) -> Result<String, IssueError> {
    let mut key = format!("key/{}", URL_SAFE.encode(seed));
    let signature = signer.sign(algorithm, key.as_bytes())?;
    key.push('.');
    URL_SAFE.encode_string(signature.as_bytes(), &mut key);
    Ok(key)
}

/// `<seed>.<signature>`, the signature over the seed's own bytes: the first RSA schemes.
fn without_prefix(algorithm: Algorithm, seed: &str, signer: &Signer) -> Result<String, IssueError> {
    let signature = signer.sign(algorithm, seed.as_bytes())?;
    let mut key = URL_SAFE.encode(seed);
    key.push('.');
    URL_SAFE.encode_string(signature.as_bytes(), &mut key);
    Ok(key)
}

#[cfg(test)]
mod tests;
