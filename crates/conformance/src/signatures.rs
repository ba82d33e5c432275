//! Signatures checked with the account's public keys alone, by code that did not make them.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keystead_store::entities::Account;
use rsa::RsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use rsa::pss;
use rsa::signature::Verifier;
use sha2::{Digest, Sha256};

use crate::door::{Answer, Sent};
use crate::fault::{Outcome, broken, failed};

/// Whether a signature is the account's.
pub fn verify(
    account: &Account,
    algorithm: &str,
    message: &[u8],
    signature: &[u8],
) -> Outcome<bool> {
    if algorithm == "rsa-pss-sha256" {
        return verify_pss(account, message, signature);
    }
    let (check, key): (&'static dyn VerificationAlgorithm, Vec<u8>) = match algorithm {
        "ed25519" => (
            &ED25519,
            hex::decode(&account.ed25519_public).or_else(broken)?,
        ),
        "rsa-sha256" => (&RSA_PKCS1_2048_8192_SHA256, pem(&account.rsa2048_public)?),
        "ecdsa-p256" => (&ECDSA_P256_SHA256_ASN1, pem(&account.ecdsa_public)?),
        other => return failed(format!("no signature is made with {other:?}")),
    };
    Ok(UnparsedPublicKey::new(check, key)
        .verify(message, signature)
        .is_ok())
}

/// With a salt of any length, as clients check it.
fn verify_pss(account: &Account, message: &[u8], signature: &[u8]) -> Outcome<bool> {
    let key = RsaPublicKey::from_public_key_pem(&account.rsa2048_public).or_else(broken)?;
    let Ok(signature) = pss::Signature::try_from(signature) else {
        return Ok(false);
    };
    let verifier = pss::VerifyingKey::<Sha256>::new_with_auto_salt_len(key);
    Ok(verifier.verify(message, &signature).is_ok())
}

fn pem(text: &str) -> Outcome<Vec<u8>> {
    let base64: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(base64).or_else(broken)
}

/// Checks both signatures of an answer, the older over the body alone.
pub fn check(account: &Account, sent: &Sent, answer: &Answer, algorithm: Option<&str>) -> Outcome {
    let Some(legacy) = answer.header("x-signature") else {
        return failed("there is no X-Signature");
    };
    let Ok(legacy) = STANDARD.decode(legacy) else {
        return failed("X-Signature is no base64");
    };
    if !verify(account, "rsa-sha256", &answer.bytes, &legacy)? {
        return failed("X-Signature does not verify");
    }

    let Some(header) = answer.header("keygen-signature") else {
        return failed("there is no Keygen-Signature");
    };
    let part = |name: &str| {
        let start = header.find(&format!("{name}=\""))? + name.len() + 2;
        header[start..].split('"').next()
    };
    let used = part("algorithm").unwrap_or_default();
    if algorithm.is_some_and(|wanted| wanted != used) {
        return failed(format!("signed with {used}, not as asked"));
    }
    if part("keyid") != Some(account.id.to_string().as_str()) {
        return failed(format!("signed by {:?}", part("keyid")));
    }
    if part("headers") != Some("(request-target) host date digest") {
        return failed(format!("signs {:?}", part("headers")));
    }
    let digest = format!("sha-256={}", STANDARD.encode(Sha256::digest(&answer.bytes)));
    if answer.header("digest") != Some(digest.as_str()) {
        return failed("Digest is not the body's");
    }
    let signed = format!(
        "(request-target): {} {}\nhost: {}\ndate: {}\ndigest: {digest}",
        sent.method.as_str().to_lowercase(),
        sent.target,
        sent.host,
        answer.header("date").unwrap_or_default(),
    );
    let Ok(signature) = STANDARD.decode(part("signature").unwrap_or_default()) else {
        return failed("the signature is no base64");
    };
    match verify(account, used, signed.as_bytes(), &signature)? {
        true => Ok(()),
        false => failed("Keygen-Signature does not verify"),
    }
}
