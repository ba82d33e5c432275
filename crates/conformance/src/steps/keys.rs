//! Keys, proofs and certificates that an account signed.

use super::Entry;

pub const STEPS: &[Entry] = &[];
