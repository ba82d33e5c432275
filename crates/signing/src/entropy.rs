//! Where randomness comes from: the operating system in life, a counter in tests.

/// A source of random bytes, passed to everything here that needs chance.
///
/// Libraries that insist on their own generator (RSA and P-256 key generation,
/// the PSS salt, the ECDSA nonce) draw from the operating system whatever is
/// passed; those places say so.
pub trait Entropy: Send {
    /// Fills all of `bytes` with unpredictable bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    /// # Panics
    /// If the operating system has no randomness to give: no secret could be made then.
    fn fill(&mut self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes)
            .expect("the operating system's random generator works, or nothing here is safe");
    }
}

/// `N` fresh bytes.
pub(crate) fn bytes<const N: usize>(entropy: &mut dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// `N` fresh bytes as `2 * N` lower-case hex digits.
pub(crate) fn hex<const N: usize>(entropy: &mut dyn Entropy) -> String {
    hex::encode(bytes::<N>(entropy))
}

#[cfg(test)]
pub(crate) mod counting {
    use super::Entropy;

    /// Bytes that count up, so that a test can tell what was drawn and how much.
    pub(crate) struct Counting(pub u8);

    impl Entropy for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0;
                self.0 = self.0.wrapping_add(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_does_not_repeat_itself() {
        let first: [u8; 32] = bytes(&mut SystemEntropy);
        let second: [u8; 32] = bytes(&mut SystemEntropy);

        assert_ne!(first, second);
        assert_ne!(first, [0; 32]);
    }

    #[test]
    fn all_of_the_buffer_is_drawn() {
        let mut counting = counting::Counting(1);

        assert_eq!(hex::<3>(&mut counting), "010203");
        assert_eq!(hex::<2>(&mut counting), "0405");
    }
}
