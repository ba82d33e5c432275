//! Legacy encrypted keys: random, shown once, stored as a bcrypt hash.

use uuid::Uuid;

use crate::{
    digest::sha256,
    entropy::{self, Entropy},
    password::{HashError, Verdict},
    secret::Secret,
};

/// The cheapest bcrypt there is (a few milliseconds). The raw key has 376 random bits, which no
/// work factor needs to protect from guessing; a dearer hash would only let strangers
/// burn our time through key validation.
const COST: u32 = 4;

/// A fresh raw key: the license's id without dashes, then 94 random hex digits ending in
/// `v1`, with a dash after every 32 characters.
pub(super) fn generate(license: Uuid, entropy: &mut dyn Entropy) -> Secret<String> {
    let id = license.simple();
    let random = Secret::new(entropy::hex::<47>(entropy));
    let (first, rest) = random.expose().split_at(32);
    let (second, third) = rest.split_at(32);
    Secret::new(format!("{id}-{first}-{second}-{third}v1"))
}

/// The license a raw key says it belongs to: the part before the first dash.
pub fn license_id(raw: &str) -> Option<Uuid> {
    let (id, _) = raw.split_once('-')?;
    // Only the form without dashes; the length rules out the braced and URN forms.
    (id.len() == 32).then(|| Uuid::try_parse(id).ok()).flatten()
}

/// The hash of a raw key to store.
pub fn hash(raw: &Secret<String>, entropy: &mut dyn Entropy) -> String {
    bcrypt::hash_with_salt(hex_digest(raw.expose()), COST, entropy::bytes(entropy))
        .expect("the cost is one bcrypt allows")
        .to_string()
}

/// The dearest hash that is compared with (a second or so): whoever may choose the texts of keys
/// could make us work for hours otherwise.
const DEAREST: u32 = 14;

/// Whether what is stored of a license's key is such a hash, of a price that strangers may have
/// us pay.
pub fn is_hash(stored: &str) -> bool {
    let parts = stored.parse::<bcrypt::HashParts>();
    parts.is_ok_and(|parts| parts.get_cost() <= DEAREST)
}

/// Compares a raw key with what is stored. [`Verdict::Outdated`] means that it is right
/// but stored in the oldest form, over the digest's bytes: store [`hash`] instead.
///
/// Takes as long as the stored hash demands: a few milliseconds for ours, far more for imported ones.
///
/// # Errors
/// If what is stored is no bcrypt hash.
pub fn verify(raw: &str, stored: &str) -> Result<Verdict, HashError> {
    if bcrypt::verify(hex_digest(raw), stored).map_err(|_| HashError)? {
        return Ok(Verdict::Right);
    }
    let binary = sha256(raw.as_bytes());
    if bcrypt::verify(binary, stored).map_err(|_| HashError)? {
        return Ok(Verdict::Outdated);
    }
    Ok(Verdict::Wrong)
}

fn hex_digest(raw: &str) -> String {
    hex::encode(sha256(raw.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::{SystemEntropy, counting::Counting};

    const LICENSE: Uuid = Uuid::from_u128(0x6666_6666_6666_4666_8666_6666_6666_6666);

    #[test]
    fn a_raw_key_begins_with_its_license_and_ends_in_its_version() {
        let raw = generate(LICENSE, &mut Counting(0));

        assert_eq!(
            raw.expose(),
            "66666666666646668666666666666666-000102030405060708090a0b0c0d0e0f-\
             101112131415161718191a1b1c1d1e1f-202122232425262728292a2b2c2d2ev1"
        );
        assert_eq!(license_id(raw.expose()), Some(LICENSE));
    }

    #[test]
    fn other_texts_name_no_license() {
        for raw in [
            "",
            "B8F3C1-0A2D4E",
            "66666666-6666-4666-8666-666666666666",
            "z-",
        ] {
            assert_eq!(license_id(raw), None);
        }
    }

    #[test]
    fn a_raw_key_matches_its_hash_alone() {
        let raw = generate(LICENSE, &mut SystemEntropy);
        let other = generate(LICENSE, &mut SystemEntropy);

        let stored = hash(&raw, &mut SystemEntropy);

        assert_eq!(verify(raw.expose(), &stored), Ok(Verdict::Right));
        assert_eq!(verify(other.expose(), &stored), Ok(Verdict::Wrong));
        assert_ne!(hash(&raw, &mut SystemEntropy), stored);
    }

    #[test]
    fn the_oldest_form_matches_and_is_outdated() {
        let raw = "66666666666646668666666666666666-oldv1";
        let binary = sha256(raw.as_bytes());
        let stored = bcrypt::hash_with_salt(binary, 4, [7; 16]).unwrap();

        assert_eq!(verify(raw, &stored.to_string()), Ok(Verdict::Outdated));
        assert_eq!(verify("another", &stored.to_string()), Ok(Verdict::Wrong));
    }

    #[test]
    fn what_is_no_hash_is_an_error_and_no_match() {
        assert!(is_hash(&hash(
            &Secret::new("raw".to_owned()),
            &mut SystemEntropy
        )));
        assert!(!is_hash("not a hash"));
        assert_eq!(verify("raw", "not a hash"), Err(HashError));
    }
}
