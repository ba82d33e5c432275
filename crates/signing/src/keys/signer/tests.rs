//! Signatures are checked by libraries that didn't make them, and against vectors of OpenSSL.

use base64::{Engine, engine::general_purpose::STANDARD};
use num_bigint::BigUint;
use proptest::prelude::*;
use rsa::{RsaPublicKey, pkcs8::DecodePublicKey, traits::PublicKeyParts};

use super::*;
use crate::testkeys;

const MESSAGE: &[u8] = b"hello from the vault";

#[test]
fn every_algorithm_verifies_with_another_library() {
    let signer = testkeys::signer();

    for algorithm in Algorithm::ALL {
        let signature = signer.sign(algorithm, MESSAGE).unwrap();

        testkeys::verify(
            signer.public_keys().unwrap(),
            algorithm,
            MESSAGE,
            signature.as_bytes(),
        )
        .unwrap_or_else(|error| panic!("{algorithm}: {error}"));
    }
}

#[test]
fn ed25519_gives_the_first_vector_of_its_standard() {
    // RFC 8032, section 7.1, test 1: the empty message.
    let signature = testkeys::signer().sign(Algorithm::Ed25519, b"").unwrap();

    assert_eq!(
        hex::encode(signature.as_bytes()),
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
         5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    );
}

#[test]
fn rsa_pkcs1_signs_as_openssl_does() {
    let signature = testkeys::signer()
        .sign(Algorithm::RsaSha256, MESSAGE)
        .unwrap();

    assert_eq!(
        signature.to_base64(),
        testkeys::RSA_SHA256_BY_OPENSSL.trim()
    );
}

#[test]
fn a_recoverable_signature_is_what_openssl_makes() {
    let signature = testkeys::signer().sign_recoverably(MESSAGE).unwrap();

    assert_eq!(
        STANDARD.encode(signature),
        testkeys::RSA_TYPE_1_BY_OPENSSL.trim()
    );
}

#[test]
fn the_public_key_recovers_a_message_of_any_allowed_length() {
    let signer = testkeys::signer();
    let public = RsaPublicKey::from_public_key_pem(testkeys::RSA_PUBLIC_PEM).unwrap();
    let n = BigUint::from_bytes_be(&public.n().to_be_bytes());
    let e = BigUint::from_bytes_be(&public.e().to_be_bytes());

    for length in [0, 1, 100, Signer::RECOVERABLE_BYTES] {
        let message = vec![b'x'; length];
        let signature = signer.sign_recoverably(&message).unwrap();

        let block = BigUint::from_bytes_be(&signature)
            .modpow(&e, &n)
            .to_bytes_be();
        // The block starts with a zero byte, which a number doesn't keep.
        let padding = vec![0xff; 256 - 3 - length];
        assert_eq!(block, [&[1], padding.as_slice(), &[0], &message].concat());
    }
}

#[test]
fn a_message_too_long_to_recover_is_an_error() {
    let message = vec![b'x'; Signer::RECOVERABLE_BYTES + 1];

    assert!(testkeys::signer().sign_recoverably(&message).is_err());
}

#[test]
fn a_pss_salt_has_222_bytes_and_is_new_each_time() {
    let signer = testkeys::signer();
    let first = signer.sign(Algorithm::RsaPssSha256, MESSAGE).unwrap();
    let second = signer.sign(Algorithm::RsaPssSha256, MESSAGE).unwrap();

    assert_ne!(first.as_bytes(), second.as_bytes());
    let verify = |salt_bytes| testkeys::verify_pss(MESSAGE, first.as_bytes(), salt_bytes);
    assert!(verify(222).is_ok());
    assert!(verify(32).is_err());
    assert!(verify(221).is_err());
}

#[test]
fn an_unusable_key_is_an_error_of_its_algorithm_alone() {
    let mut keys = testkeys::keys();
    keys.rsa = keys.p256.clone();
    let signer = Signer::new(keys);

    assert!(signer.sign(Algorithm::Ed25519, MESSAGE).is_ok());
    assert!(signer.sign(Algorithm::EcdsaP256, MESSAGE).is_ok());
    assert_eq!(
        signer
            .sign(Algorithm::RsaSha256, MESSAGE)
            .unwrap_err()
            .to_string(),
        "a key of the account is unusable: not an RSA-2048 private key in PKCS#8"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_flipped_bit_in_message_or_signature_fails_verification(
        algorithm in prop::sample::select(Algorithm::ALL.to_vec()),
        message in proptest::collection::vec(any::<u8>(), 1..200),
        at in any::<prop::sample::Index>(),
        bit in 0..8_u32,
    ) {
        let signer = testkeys::signer();
        let public = signer.public_keys().unwrap();
        let signature = signer.sign(algorithm, &message).unwrap();
        let signature = signature.as_bytes();
        prop_assert!(testkeys::verify(public, algorithm, &message, signature).is_ok());

        let mut altered = message.clone();
        altered[at.index(message.len())] ^= 1 << bit;
        prop_assert!(testkeys::verify(public, algorithm, &altered, signature).is_err());

        let mut forged = signature.to_vec();
        forged[at.index(signature.len())] ^= 1 << bit;
        prop_assert!(testkeys::verify(public, algorithm, &message, &forged).is_err());
    }
}
