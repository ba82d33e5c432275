//! Signatures of URLs that this server gives out and answers itself.

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::seal::MasterKey;

/// What the key of URLs is derived for: another purpose gets another key.
const PURPOSE: &[u8] = b"keystead signed urls 1";

/// The key that URLs are signed with, derived from the installation's master key.
#[derive(Clone)]
pub struct UrlKey(Key);

impl UrlKey {
    /// The key of an installation.
    pub fn of(master: &MasterKey) -> Self {
        Self(Key::new(HMAC_SHA256, &master.derive(PURPOSE)))
    }

    /// The signature of a message, as it stands in a URL.
    pub fn sign(&self, message: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, message))
    }

    /// Whether a signature is a message's; as long as it takes for a wrong one.
    pub fn verify(&self, message: &[u8], signature: &str) -> bool {
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else {
            return false;
        };
        hmac::verify(&self.0, message, &signature).is_ok()
    }
}

impl std::fmt::Debug for UrlKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    #[test]
    fn a_signature_is_good_for_its_message_under_its_key() {
        let (master, other) = (
            MasterKey::generate(&mut SystemEntropy),
            MasterKey::generate(&mut SystemEntropy),
        );
        let signature = UrlKey::of(&master).sign(b"message");

        assert!(UrlKey::of(&master).verify(b"message", &signature));
        assert!(!UrlKey::of(&master).verify(b"massage", &signature));
        assert!(!UrlKey::of(&other).verify(b"message", &signature));
        assert!(!UrlKey::of(&master).verify(b"message", &signature[1..]));
        assert!(!UrlKey::of(&master).verify(b"message", ""));
    }
}
