//! Sealing at rest: what the database must hold but not know, under the installation's master key.
//!
//! A sealed value is one version byte, a 12-byte nonce, the ciphertext and its 16-byte tag
//! (AES-256-GCM). It opens only under the same key and for the context it was sealed for.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};

use crate::{
    entropy::{self, Entropy},
    secret::Secret,
};

/// Says how a sealed value is laid out and under which key: the first byte of each.
/// A rotated key gets the next number, so that old values stay readable meanwhile.
const VERSION: u8 = 1;

const TAG_BYTES: usize = 16;
const OVERHEAD_BYTES: usize = 1 + NONCE_LEN + TAG_BYTES;

/// The installation's key, under which everything secret in the database is sealed.
///
/// Nonces are random, so one key is good for about four billion values.
pub struct MasterKey {
    bytes: Secret<[u8; 32]>,
    cipher: LessSafeKey,
}

/// Why a text is not a master key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// Not 32 bytes in hex or base64.
    #[error("the master key must be 32 bytes, as 64 hex digits or in base64")]
    NotThirtyTwoBytes,
    /// All bytes are the same: a placeholder, not a key.
    #[error("the master key is one byte repeated; make a random one, e.g. `openssl rand -hex 32`")]
    Weak,
}

/// Why a sealed value does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Shorter than any sealed value.
    #[error("the sealed value is cut short")]
    Truncated,
    /// Sealed by a newer Keystead, or not sealed at all.
    #[error("the sealed value has the unknown version {0}")]
    UnknownVersion(u8),
    /// The key is another, the value was changed, or it belongs somewhere else.
    #[error("the sealed value was sealed under another master key, altered or moved")]
    Mismatch,
    /// It opened, but what is inside has not the shape that was asked for.
    #[error("the sealed value holds something else than was asked for")]
    WrongContents,
}

impl MasterKey {
    /// A fresh key.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self::from_bytes(entropy::bytes(entropy))
    }

    /// Reads a key from a configuration value or a file's contents: 64 hex digits or
    /// base64 of 32 bytes in either alphabet, with white space around it.
    ///
    /// # Errors
    /// If it is neither, or plainly a placeholder.
    pub fn from_text(text: &str) -> Result<Self, MasterKeyError> {
        let text = text.trim();
        let decoded = hex::decode(text).ok().or_else(|| {
            [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD]
                .iter()
                .find_map(|engine| engine.decode(text).ok())
        });
        let decoded = Secret::new(decoded.unwrap_or_default());
        let bytes: [u8; 32] = decoded
            .expose()
            .as_slice()
            .try_into()
            .map_err(|_| MasterKeyError::NotThirtyTwoBytes)?;
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(MasterKeyError::Weak);
        }
        Ok(Self::from_bytes(bytes))
    }

    fn from_bytes(bytes: [u8; 32]) -> Self {
        let unbound = UnboundKey::new(&AES_256_GCM, &bytes).expect("32 bytes are a key of AES-256");
        Self {
            bytes: Secret::new(bytes),
            cipher: LessSafeKey::new(unbound),
        }
    }

    /// Another key for one purpose: HMAC-SHA-256 of the purpose, so that neither tells the other.
    pub(crate) fn derive(&self, purpose: &[u8]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.bytes.expose());
        hmac::sign(&key, purpose)
            .as_ref()
            .try_into()
            .expect("HMAC-SHA-256 has 32 bytes")
    }

    /// The key as 64 hex digits, for the file it is kept in.
    pub fn to_hex(&self) -> Secret<String> {
        Secret::new(hex::encode(self.bytes.expose()))
    }

    /// Seals `plain` for one place: `context` names it, e.g. account id and column.
    ///
    /// The parts of the context are told apart by their lengths, so `["ab", "c"]` is
    /// another place than `["a", "bc"]`.
    pub fn seal(&self, context: &[&[u8]], plain: &[u8], entropy: &mut dyn Entropy) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = entropy::bytes(entropy);

        let mut sealed = Vec::with_capacity(OVERHEAD_BYTES + plain.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let tag = self
            .cipher
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated(context)),
                &mut sealed[1 + NONCE_LEN..],
            )
            .expect("AES-GCM seals anything shorter than 64 GiB");
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// Opens what [`MasterKey::seal`] sealed for the same `context`.
    ///
    /// # Errors
    /// If the value is cut short, altered, moved, or sealed under another key.
    pub fn open(&self, context: &[&[u8]], sealed: &[u8]) -> Result<Secret<Vec<u8>>, OpenError> {
        if sealed.len() < OVERHEAD_BYTES {
            return Err(OpenError::Truncated);
        }
        if sealed[0] != VERSION {
            return Err(OpenError::UnknownVersion(sealed[0]));
        }
        let (nonce, rest) = sealed[1..].split_at(NONCE_LEN);
        let (ciphertext, tag) = rest.split_at(rest.len() - TAG_BYTES);

        let nonce = Nonce::try_assume_unique_for_key(nonce)
            .expect("the slice was cut to the length of a nonce");
        let mut plain = ciphertext.to_vec();
        self.cipher
            .open_in_place_separate_tag(nonce, Aad::from(associated(context)), tag, &mut plain)
            .map_err(|_| OpenError::Mismatch)?;
        Ok(Secret::new(plain))
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// The version and the parts of the context, each after its length, as one string of bytes.
fn associated(context: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    for part in context {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entropy::SystemEntropy;

    const PLACE: &[&[u8]] = &[b"account 1", b"keys.ed25519"];

    fn key() -> MasterKey {
        MasterKey::generate(&mut SystemEntropy)
    }

    #[test]
    fn a_sealed_value_opens_under_its_key_and_in_its_place() {
        let key = key();
        let sealed = key.seal(PLACE, b"the seed", &mut SystemEntropy);

        assert_eq!(key.open(PLACE, &sealed).unwrap().expose(), b"the seed");
        assert!(!sealed.windows(8).any(|window| window == b"the seed"));
    }

    #[test]
    fn a_sealed_value_does_not_open_under_another_key() {
        let sealed = key().seal(PLACE, b"the seed", &mut SystemEntropy);

        assert_eq!(key().open(PLACE, &sealed), Err(OpenError::Mismatch));
    }

    #[test]
    fn a_sealed_value_cannot_be_moved() {
        let key = key();
        let sealed = key.seal(&[b"ab", b"c"], b"the seed", &mut SystemEntropy);

        for elsewhere in [
            &[b"a".as_slice(), b"bc"] as &[&[u8]],
            &[b"abc"],
            &[b"ab", b"c", b""],
            &[],
        ] {
            assert_eq!(key.open(elsewhere, &sealed), Err(OpenError::Mismatch));
        }
    }

    #[test]
    fn sealing_twice_shows_nothing_in_common() {
        let key = key();

        let first = key.seal(PLACE, b"same", &mut SystemEntropy);
        let second = key.seal(PLACE, b"same", &mut SystemEntropy);

        assert_ne!(first[1..13], second[1..13]);
        assert_ne!(first[13..], second[13..]);
    }

    #[test]
    fn a_value_of_another_version_is_told_apart() {
        let key = key();
        let mut sealed = key.seal(PLACE, b"the seed", &mut SystemEntropy);
        sealed[0] = 7;

        assert_eq!(key.open(PLACE, &sealed), Err(OpenError::UnknownVersion(7)));
    }

    #[test]
    fn the_ciphertext_is_what_another_implementation_of_aes_gcm_makes() {
        use aes_gcm::{
            Aes256Gcm, KeyInit,
            aead::{Aead, Payload},
        };
        let key = MasterKey::from_text(&"0102".repeat(16)).unwrap();
        let sealed = key.seal(&[b"x"], b"the seed", &mut SystemEntropy);

        let other = Aes256Gcm::new_from_slice(&[1, 2].repeat(16)).unwrap();
        let aad = [&[VERSION], 1_u64.to_be_bytes().as_slice(), b"x"].concat();
        let plain = other
            .decrypt(
                sealed[1..13].into(),
                Payload {
                    msg: &sealed[13..],
                    aad: &aad,
                },
            )
            .unwrap();

        assert_eq!(plain, b"the seed");
    }

    #[test]
    fn a_key_is_read_from_hex_and_base64_and_written_as_hex() {
        let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        for text in [
            hex.to_owned(),
            hex.to_uppercase(),
            format!("  {hex}\n"),
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned(),
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".to_owned(),
        ] {
            assert_eq!(MasterKey::from_text(&text).unwrap().to_hex().expose(), hex);
        }
    }

    #[test]
    fn what_is_no_key_or_a_weak_one_is_refused() {
        for (text, error) in [
            ("", MasterKeyError::NotThirtyTwoBytes),
            ("changeme", MasterKeyError::NotThirtyTwoBytes),
            (&"ab".repeat(31), MasterKeyError::NotThirtyTwoBytes),
            (&"00".repeat(32), MasterKeyError::Weak),
        ] {
            assert_eq!(MasterKey::from_text(text).unwrap_err(), error, "{text:?}");
        }
    }

    #[test]
    fn a_key_prints_as_three_stars() {
        assert_eq!(format!("{:?} {:?}", key(), key().to_hex()), "*** ***");
    }

    proptest! {
        #[test]
        fn a_value_with_any_bit_flipped_does_not_open(
            plain in proptest::collection::vec(any::<u8>(), 0..80),
            at in any::<prop::sample::Index>(),
            bit in 0..8_u32,
        ) {
            let key = key();
            let mut sealed = key.seal(PLACE, &plain, &mut SystemEntropy);
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;

            prop_assert!(key.open(PLACE, &sealed).is_err());
        }

        #[test]
        fn a_value_cut_short_anywhere_does_not_open(
            plain in proptest::collection::vec(any::<u8>(), 0..80),
            keep in any::<prop::sample::Index>(),
        ) {
            let key = key();
            let sealed = key.seal(PLACE, &plain, &mut SystemEntropy);
            let keep = keep.index(sealed.len());

            prop_assert!(key.open(PLACE, &sealed[..keep]).is_err());
        }
    }
}
