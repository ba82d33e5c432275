//! Offline proofs of activation: a signed dataset in one line. Deprecated by machine files.

use base64::{Engine, engine::general_purpose::URL_SAFE};

use crate::{
    algorithm::Algorithm,
    keys::{Signer, SigningError},
};

/// `proof/` and the dataset in URL-safe base64, a dot, and an RSA PKCS#1 v1.5 signature
/// over all before the dot. Always RSA, whatever the license's scheme.
///
/// # Errors
/// If the account's RSA key can't be used.
pub fn prove(dataset: &str, signer: &Signer) -> Result<String, SigningError> {
    let mut proof = format!("proof/{}", URL_SAFE.encode(dataset));
    let signature = signer.sign(Algorithm::RsaSha256, proof.as_bytes())?;
    proof.push('.');
    URL_SAFE.encode_string(signature.as_bytes(), &mut proof);
    Ok(proof)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkeys;

    #[test]
    fn a_proof_verifies_and_holds_its_dataset() {
        let signer = testkeys::signer();

        let proof = prove(r#"{"machine":{"id":"1"}}"#, &signer).unwrap();

        let (signed, signature) = proof.split_once('.').unwrap();
        testkeys::verify(
            signer.public_keys().unwrap(),
            Algorithm::RsaSha256,
            signed.as_bytes(),
            &URL_SAFE.decode(signature).unwrap(),
        )
        .unwrap();
        let dataset = URL_SAFE.decode(signed.strip_prefix("proof/").unwrap());
        assert_eq!(dataset.unwrap(), br#"{"machine":{"id":"1"}}"#);
    }
}
