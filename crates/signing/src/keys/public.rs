//! The public halves of an account's keys, in the encodings clients embed.

use base64::{Engine, engine::general_purpose::STANDARD};

/// What a client needs to check an account's signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKeys {
    ed25519_hex: String,
    rsa_pem: String,
    p256_pem: String,
}

impl PublicKeys {
    /// Takes the raw Ed25519 key and the SubjectPublicKeyInfo DER of the others.
    pub(super) fn new(ed25519: &[u8; 32], rsa: &[u8], p256: &[u8]) -> Self {
        Self {
            ed25519_hex: hex::encode(ed25519),
            rsa_pem: pem(rsa),
            p256_pem: pem(p256),
        }
    }

    /// The Ed25519 key as 64 hex digits.
    pub fn ed25519_hex(&self) -> &str {
        &self.ed25519_hex
    }

    /// The RSA key as a `PUBLIC KEY` PEM.
    pub fn rsa_pem(&self) -> &str {
        &self.rsa_pem
    }

    /// The P-256 key as a `PUBLIC KEY` PEM.
    pub fn p256_pem(&self) -> &str {
        &self.p256_pem
    }

    /// `meta.keys.ed25519` of an account: base64 of the hex digits, not of the bytes.
    pub fn ed25519_base64(&self) -> String {
        STANDARD.encode(&self.ed25519_hex)
    }

    /// `meta.keys.rsa2048` and `meta.publicKey` of an account: base64 of the PEM.
    pub fn rsa_base64(&self) -> String {
        STANDARD.encode(&self.rsa_pem)
    }

    /// `meta.keys.ecdsa` of an account: base64 of the PEM.
    pub fn p256_base64(&self) -> String {
        STANDARD.encode(&self.p256_pem)
    }
}

/// SubjectPublicKeyInfo DER as PEM: lines of 64 characters and a final newline.
fn pem(der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let mut pem = String::with_capacity(base64.len() + base64.len() / 64 + 64);
    pem.push_str("-----BEGIN PUBLIC KEY-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str("-----END PUBLIC KEY-----\n");
    pem
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkeys;

    #[test]
    fn public_keys_are_written_as_openssl_writes_them() {
        let signer = testkeys::signer();
        let public = signer.public_keys().unwrap();

        assert_eq!(public.rsa_pem(), testkeys::RSA_PUBLIC_PEM);
        assert_eq!(public.p256_pem(), testkeys::P256_PUBLIC_PEM);
        assert_eq!(public.ed25519_hex(), testkeys::ED25519_PUBLIC_HEX);
    }

    #[test]
    fn the_wire_form_is_base64_of_the_text_form() {
        let signer = testkeys::signer();
        let public = signer.public_keys().unwrap();
        let text = |wire: String| String::from_utf8(STANDARD.decode(wire).unwrap()).unwrap();

        assert_eq!(text(public.ed25519_base64()), testkeys::ED25519_PUBLIC_HEX);
        assert_eq!(text(public.rsa_base64()), testkeys::RSA_PUBLIC_PEM);
        assert_eq!(text(public.p256_base64()), testkeys::P256_PUBLIC_PEM);
    }
}
