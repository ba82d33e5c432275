//! Everything Keystead says that others can check, and everything it keeps that others must not read.
//!
//! Keys, signatures, license keys, certificates, tokens, passwords and sealing. No I/O, no async,
//! no clock: time is an argument, and randomness comes from the [`Entropy`] a caller passes.

pub mod certificate;
pub mod digest;
pub mod entropy;
pub mod keys;
pub mod license_key;
pub mod password;
pub mod proof;
pub mod response;
pub mod seal;
pub mod secret;
pub mod token;
pub mod totp;
pub mod url;

mod algorithm;

pub use algorithm::{Algorithm, Signature};
pub use entropy::{Entropy, SystemEntropy};
pub use keys::{AccountKeys, PublicKeys, SealedKeys, Signer, SigningError};
pub use license_key::Scheme;
pub use seal::MasterKey;
pub use secret::Secret;
pub use token::TokenDigest;

#[cfg(test)]
mod testkeys;
