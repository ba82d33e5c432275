//! License and machine files: a signed, optionally encrypted dataset a client can check offline.

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest::{Context, Digest, SHA256},
};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    algorithm::Algorithm,
    entropy::{self, Entropy},
    keys::{Signer, SigningError},
};

const LINE_CHARACTERS: usize = 60;

/// How the dataset is put into a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Readable by anybody.
    Base64,
    /// Readable with the license key, for a machine file together with the fingerprint.
    Aes256Gcm,
}

impl Encoding {
    /// The encoding's spelling on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Aes256Gcm => "aes-256-gcm",
        }
    }
}

/// The `alg` of a certificate: `<encoding>+<signature algorithm>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CertificateAlgorithm {
    /// How the dataset is encoded.
    pub encoding: Encoding,
    /// How it is signed.
    pub signing: Algorithm,
}

/// Which half of an `alg` is unknown; prints as the contract's detail text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateAlgorithmError {
    /// The part before the plus sign.
    #[error("invalid encoding algorithm")]
    Encoding,
    /// The part after the plus sign.
    #[error("invalid signing algorithm")]
    Signing,
}

impl std::str::FromStr for CertificateAlgorithm {
    type Err = CertificateAlgorithmError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (encoding, signing) = text.split_once('+').unwrap_or((text, ""));
        Ok(Self {
            encoding: [Encoding::Base64, Encoding::Aes256Gcm]
                .into_iter()
                .find(|known| known.name() == encoding)
                .ok_or(CertificateAlgorithmError::Encoding)?,
            signing: Algorithm::from_name(signing).ok_or(CertificateAlgorithmError::Signing)?,
        })
    }
}

impl fmt::Display for CertificateAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.encoding.name(), self.signing)
    }
}

/// What a certificate is about, with what its holder knows: the secret of the encrypted form.
#[derive(Clone, Copy)]
pub enum Subject<'a> {
    /// A license file.
    License {
        /// The key as stored: the final string, or the hash of a legacy encrypted key.
        key: &'a str,
    },
    /// A machine file.
    Machine {
        /// The key of the machine's license, as stored.
        key: &'a str,
        /// The machine's fingerprint.
        fingerprint: &'a str,
    },
}

impl Subject<'_> {
    const fn prefix(self) -> &'static str {
        match self {
            Self::License { .. } => "license/",
            Self::Machine { .. } => "machine/",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::License { .. } => "LICENSE FILE",
            Self::Machine { .. } => "MACHINE FILE",
        }
    }

    /// SHA-256 of the key, or of key and fingerprint with nothing between.
    fn cipher_key(self) -> Digest {
        let mut context = Context::new(&SHA256);
        match self {
            Self::License { key } => context.update(key.as_bytes()),
            Self::Machine { key, fingerprint } => {
                context.update(key.as_bytes());
                context.update(fingerprint.as_bytes());
            }
        }
        context.finish()
    }
}

impl fmt::Debug for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}***", self.prefix())
    }
}

/// The members of a certificate, in the contract's order.
#[derive(serde::Serialize)]
struct Envelope {
    enc: String,
    sig: String,
    alg: String,
}

/// Makes a certificate of `dataset`, a compact JSON:API document.
///
/// # Errors
/// Never with Ed25519; otherwise if the account's key can't be used.
pub fn certify(
    subject: Subject<'_>,
    dataset: &str,
    algorithm: CertificateAlgorithm,
    signer: &Signer,
    entropy: &mut dyn Entropy,
) -> Result<String, SigningError> {
    let enc = match algorithm.encoding {
        Encoding::Base64 => STANDARD.encode(dataset),
        Encoding::Aes256Gcm => encrypt(subject, dataset, entropy),
    };
    let signed = format!("{}{enc}", subject.prefix());
    let signature = signer.sign(algorithm.signing, signed.as_bytes())?;
    let envelope = Envelope {
        enc,
        sig: signature.to_base64(),
        alg: algorithm.to_string(),
    };
    let envelope = serde_json::to_string(&envelope).expect("three strings are always JSON");
    Ok(armor(subject.title(), &STANDARD.encode(envelope)))
}

/// `b64(ciphertext).b64(nonce).b64(tag)`, without associated data.
fn encrypt(subject: Subject<'_>, dataset: &str, entropy: &mut dyn Entropy) -> String {
    let key = UnboundKey::new(&AES_256_GCM, subject.cipher_key().as_ref())
        .expect("a SHA-256 digest is as long as a key of AES-256");
    let nonce: [u8; NONCE_LEN] = entropy::bytes(entropy);
    let mut text = dataset.as_bytes().to_vec();
    let tag = LessSafeKey::new(key)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
        .expect("AES-GCM seals anything shorter than 64 GiB");
    format!(
        "{}.{}.{}",
        STANDARD.encode(text),
        STANDARD.encode(nonce),
        STANDARD.encode(tag.as_ref())
    )
}

fn armor(title: &str, base64: &str) -> String {
    let lines = base64.len() / LINE_CHARACTERS + 3;
    let mut text = String::with_capacity(base64.len() + lines + 2 * (title.len() + 16));
    text.push_str("-----BEGIN ");
    text.push_str(title);
    text.push_str("-----\n");
    let mut rest = base64;
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(LINE_CHARACTERS));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str("-----END ");
    text.push_str(title);
    text.push_str("-----\n");
    text
}

#[cfg(test)]
mod tests;
