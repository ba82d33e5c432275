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
    use proptest::prelude::*;

    use super::*;
    use crate::testkeys;

    const DATASET: &str = r#"{"machine":{"id":"1"}}"#;

    /// What a proof holds, as a client takes it apart.
    fn open(proof: &str) -> Option<Vec<u8>> {
        let (signed, signature) = proof.split_once('.')?;
        let signature = URL_SAFE.decode(signature).ok()?;
        let signer = testkeys::signer();
        let public = signer.public_keys().ok()?;
        let algorithm = Algorithm::RsaSha256;
        testkeys::verify(public, algorithm, signed.as_bytes(), &signature).ok()?;
        URL_SAFE.decode(signed.strip_prefix("proof/")?).ok()
    }

    #[test]
    fn a_proof_verifies_and_holds_its_dataset() {
        let proof = prove(DATASET, &testkeys::signer()).unwrap();

        assert_eq!(open(&proof).unwrap(), DATASET.as_bytes());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_proof_with_any_character_changed_is_none(
            at in any::<prop::sample::Index>(),
            to in "[A-Za-z0-9_-]",
        ) {
            let mut proof = prove(DATASET, &testkeys::signer()).unwrap();
            let at = at.index(proof.len());
            prop_assume!(&proof[at..=at] != to.as_str());
            proof.replace_range(at..=at, &to);

            prop_assert_eq!(open(&proof), None);
        }
    }
}
