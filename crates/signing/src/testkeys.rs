//! Fixed keys for tests, and verification by libraries other than the ones that sign.

use std::sync::{Arc, LazyLock};

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use p256::ecdsa::{DerSignature, VerifyingKey, signature::Verifier};
use rsa::{Pkcs1v15Sign, Pss, RsaPublicKey, pkcs8::DecodePublicKey};
use sha2::{Digest, Sha256};

use crate::{AccountKeys, Algorithm, PublicKeys, Signer};

/// Seed and public key of RFC 8032, section 7.1, test 1.
const ED25519_SEED_HEX: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
pub const ED25519_PUBLIC_HEX: &str =
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

// Made with OpenSSL 3.0; the signatures are over "hello from the vault".
pub const RSA_PUBLIC_PEM: &str = include_str!("../testdata/rsa.pub.pem");
pub const P256_PUBLIC_PEM: &str = include_str!("../testdata/p256.pub.pem");
pub const RSA_SHA256_BY_OPENSSL: &str = include_str!("../testdata/rsa-sha256.sig");
pub const RSA_TYPE_1_BY_OPENSSL: &str = include_str!("../testdata/rsa-type1.sig");

pub fn rsa_pkcs8() -> Vec<u8> {
    der(include_str!("../testdata/rsa.pem"))
}

pub fn p256_pkcs8() -> Vec<u8> {
    der(include_str!("../testdata/p256.pem"))
}

pub fn keys() -> AccountKeys {
    let seed = hex::decode(ED25519_SEED_HEX).unwrap();
    AccountKeys::from_parts(seed.try_into().unwrap(), rsa_pkcs8(), p256_pkcs8()).unwrap()
}

/// The signer over [`keys`].
pub fn signer() -> Arc<Signer> {
    static SIGNER: LazyLock<Arc<Signer>> = LazyLock::new(|| Arc::new(Signer::new(keys())));
    SIGNER.clone()
}

/// Checks a signature: dalek's with aws-lc, aws-lc's with RustCrypto.
pub fn verify(
    public: &PublicKeys,
    algorithm: Algorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), String> {
    match algorithm {
        Algorithm::Ed25519 => {
            let key = hex::decode(public.ed25519_hex()).unwrap();
            UnparsedPublicKey::new(&ED25519, key)
                .verify(message, signature)
                .map_err(|error| error.to_string())
        }
        Algorithm::RsaPssSha256 => {
            let key = RsaPublicKey::from_public_key_pem(public.rsa_pem()).unwrap();
            let padding = Pss::<Sha256>::new_with_salt(222);
            key.verify(padding, &Sha256::digest(message), signature)
                .map_err(|error| error.to_string())
        }
        Algorithm::RsaSha256 => {
            let key = RsaPublicKey::from_public_key_pem(public.rsa_pem()).unwrap();
            let padding = Pkcs1v15Sign::new::<Sha256>();
            key.verify(padding, &Sha256::digest(message), signature)
                .map_err(|error| error.to_string())
        }
        Algorithm::EcdsaP256 => {
            let key = VerifyingKey::from_public_key_pem(public.p256_pem()).unwrap();
            DerSignature::from_bytes(signature)
                .and_then(|signature| key.verify(message, &signature))
                .map_err(|error| error.to_string())
        }
    }
}

/// Checks an RSA-PSS signature of the fixed key for exactly this length of salt.
pub fn verify_pss(message: &[u8], signature: &[u8], salt_bytes: usize) -> rsa::Result<()> {
    RsaPublicKey::from_public_key_pem(RSA_PUBLIC_PEM)
        .unwrap()
        .verify(
            Pss::<Sha256>::new_with_salt(salt_bytes),
            &Sha256::digest(message),
            signature,
        )
}

fn der(pem: &str) -> Vec<u8> {
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(base64).unwrap()
}
