//! An account's key pairs: made, sealed, opened, and put to use.

mod public;
mod signer;

pub use public::PublicKeys;
pub use signer::{Signer, SigningError};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair},
};

use crate::{
    entropy::{self, Entropy},
    seal::{MasterKey, OpenError},
    secret::Secret,
};

/// The private halves of an account's three key pairs.
#[derive(Clone, Debug)]
pub struct AccountKeys {
    /// The Ed25519 seed.
    ed25519: Secret<[u8; 32]>,
    /// The RSA-2048 key in PKCS#8 DER.
    rsa: Secret<Vec<u8>>,
    /// The P-256 key in PKCS#8 DER.
    p256: Secret<Vec<u8>>,
}

/// Key material that isn't what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {0}")]
pub struct KeyRejected(&'static str);

impl AccountKeys {
    /// Makes three fresh key pairs. Slow: RSA takes 95 ms on average and sometimes
    /// several times that, so call it off the async threads.
    ///
    /// Only the Ed25519 seed is drawn from `entropy`; the generators of RSA and P-256
    /// keys ask the operating system themselves and take no other source.
    ///
    /// # Panics
    /// If the operating system gives no randomness or memory.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        const POSSIBLE: &str = "keys of this size can be made, or the machine is out of memory";
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).expect(POSSIBLE);
        let rsa = AsDer::<Pkcs8V1Der<'_>>::as_der(&rsa).expect(POSSIBLE);
        let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect(POSSIBLE);
        let p256 = p256.to_pkcs8v1().expect(POSSIBLE);
        Self {
            ed25519: Secret::new(entropy::bytes(entropy)),
            rsa: Secret::new(rsa.as_ref().to_vec()),
            p256: Secret::new(p256.as_ref().to_vec()),
        }
    }

    /// Takes over existing keys: an Ed25519 seed, and RSA-2048 and P-256 keys in PKCS#8 DER.
    ///
    /// # Errors
    /// If the RSA or the P-256 key doesn't parse or has another size or curve.
    pub fn from_parts(ed25519: [u8; 32], rsa: Vec<u8>, p256: Vec<u8>) -> Result<Self, KeyRejected> {
        let keys = Self {
            ed25519: Secret::new(ed25519),
            rsa: Secret::new(rsa),
            p256: Secret::new(p256),
        };
        keys.parse_rsa()?;
        keys.parse_p256()?;
        Ok(keys)
    }

    /// Seals the three keys for `account` (its id's bytes), each for its own column.
    pub fn seal(
        &self,
        master: &MasterKey,
        account: &[u8],
        entropy: &mut dyn Entropy,
    ) -> SealedKeys {
        let mut seal = |column, key: &[u8]| master.seal(&place(account, column), key, entropy);
        SealedKeys {
            ed25519: seal(Column::Ed25519, self.ed25519.expose()),
            rsa: seal(Column::Rsa, self.rsa.expose()),
            p256: seal(Column::P256, self.p256.expose()),
        }
    }

    fn parse_rsa(&self) -> Result<RsaKeyPair, KeyRejected> {
        const REJECTED: KeyRejected = KeyRejected("an RSA-2048 private key in PKCS#8");
        let pair = RsaKeyPair::from_pkcs8(self.rsa.expose()).map_err(|_| REJECTED)?;
        // Signatures are written into buffers of exactly this length.
        if pair.public_modulus_len() != 256 {
            return Err(REJECTED);
        }
        Ok(pair)
    }

    fn parse_p256(&self) -> Result<EcdsaKeyPair, KeyRejected> {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, self.p256.expose())
            .map_err(|_| KeyRejected("a P-256 private key in PKCS#8"))
    }
}

/// An account's private keys as the database holds them: worthless without the master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKeys {
    /// The sealed Ed25519 seed.
    pub ed25519: Vec<u8>,
    /// The sealed RSA-2048 key.
    pub rsa: Vec<u8>,
    /// The sealed P-256 key.
    pub p256: Vec<u8>,
}

impl SealedKeys {
    /// Opens the keys sealed for `account` (its id's bytes).
    ///
    /// # Errors
    /// If they were sealed under another master key or for another account, or altered.
    pub fn open(&self, master: &MasterKey, account: &[u8]) -> Result<AccountKeys, OpenError> {
        let open = |column, sealed: &[u8]| master.open(&place(account, column), sealed);
        let ed25519 = open(Column::Ed25519, &self.ed25519)?;
        let ed25519 = ed25519.expose().as_slice();
        Ok(AccountKeys {
            ed25519: Secret::new(ed25519.try_into().map_err(|_| OpenError::WrongContents)?),
            rsa: open(Column::Rsa, &self.rsa)?,
            p256: open(Column::P256, &self.p256)?,
        })
    }
}

#[derive(Clone, Copy)]
enum Column {
    Ed25519,
    Rsa,
    P256,
}

/// Where a key belongs. Never change these names: what was sealed under them would not open.
fn place(account: &[u8], column: Column) -> [&[u8]; 2] {
    let column: &[u8] = match column {
        Column::Ed25519 => b"account.ed25519",
        Column::Rsa => b"account.rsa",
        Column::P256 => b"account.p256",
    };
    [account, column]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Algorithm, entropy::SystemEntropy, testkeys};

    #[test]
    fn sealed_keys_open_to_the_same_keys() {
        let master = MasterKey::generate(&mut SystemEntropy);
        let keys = testkeys::keys();

        let sealed = keys.seal(&master, b"account 1", &mut SystemEntropy);
        let opened = sealed.open(&master, b"account 1").unwrap();

        assert_eq!(opened.ed25519, keys.ed25519);
        assert_eq!(opened.rsa, keys.rsa);
        assert_eq!(opened.p256, keys.p256);
    }

    #[test]
    fn sealed_keys_of_one_account_do_not_open_for_another() {
        let master = MasterKey::generate(&mut SystemEntropy);
        let sealed = testkeys::keys().seal(&master, b"account 1", &mut SystemEntropy);

        assert_eq!(
            sealed.open(&master, b"account 2").unwrap_err(),
            OpenError::Mismatch
        );
    }

    #[test]
    fn sealed_keys_cannot_change_places() {
        let master = MasterKey::generate(&mut SystemEntropy);
        let mut sealed = testkeys::keys().seal(&master, b"account 1", &mut SystemEntropy);
        std::mem::swap(&mut sealed.rsa, &mut sealed.p256);

        assert_eq!(
            sealed.open(&master, b"account 1").unwrap_err(),
            OpenError::Mismatch
        );
    }

    #[test]
    fn generated_keys_sign_and_differ_from_account_to_account() {
        let first = Signer::new(AccountKeys::generate(&mut SystemEntropy));
        let second = Signer::new(AccountKeys::generate(&mut SystemEntropy));

        let public = first.public_keys().unwrap();
        for algorithm in Algorithm::ALL {
            let signature = first.sign(algorithm, b"hello").unwrap();
            testkeys::verify(public, algorithm, b"hello", signature.as_bytes()).unwrap();
        }
        let other = second.public_keys().unwrap();
        assert_ne!(public.ed25519_base64(), other.ed25519_base64());
        assert_ne!(public.rsa_base64(), other.rsa_base64());
        assert_ne!(public.p256_base64(), other.p256_base64());
    }

    #[test]
    fn keys_of_the_wrong_kind_are_refused() {
        let (rsa, p256) = (testkeys::rsa_pkcs8(), testkeys::p256_pkcs8());

        let swapped = AccountKeys::from_parts([7; 32], p256.clone(), rsa.clone());
        let garbled = AccountKeys::from_parts([7; 32], rsa, p256[..60].to_vec());

        assert_eq!(
            swapped.unwrap_err().to_string(),
            "not an RSA-2048 private key in PKCS#8"
        );
        assert_eq!(
            garbled.unwrap_err().to_string(),
            "not a P-256 private key in PKCS#8"
        );
    }

    #[test]
    fn private_keys_print_as_three_stars() {
        let keys = testkeys::keys();

        assert_eq!(
            format!("{keys:?}"),
            "AccountKeys { ed25519: ***, rsa: ***, p256: *** }"
        );
        assert_eq!(format!("{:?}", Signer::new(keys)), "Signer(***)");
    }
}
