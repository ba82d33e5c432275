//! One-time codes of second factors (RFC 6238), as authenticator apps make them: SHA-1, six digits,
//! a new one every thirty seconds.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use subtle::ConstantTimeEq;
use totp_rs::{Algorithm, Builder, Totp};

use crate::{
    entropy::{self, Entropy},
    secret::Secret,
};

/// 160 bits, as RFC 4226 recommends: 32 characters of base32.
const SEED_BYTES: usize = 20;

const STEP_SECONDS: u64 = 30;

const DIGITS: u8 = 6;

/// How long a code is still taken after its time is over (identity §12): typing takes a while.
/// Codes of the future are never taken.
const LATENESS: TimeDelta = TimeDelta::seconds(10);

/// What a server and an authenticator app share, and make codes from. Prints as `***`.
pub struct Seed(Totp);

/// What is stored is no seed. The fault is in the database, not with the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored seed has not 20 bytes")]
pub struct SeedError;

impl Seed {
    /// A fresh seed.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self::of(entropy::bytes(entropy))
    }

    /// The seed with these bytes.
    ///
    /// # Errors
    /// If they are no seed of ours.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SeedError> {
        Ok(Self::of(bytes.try_into().map_err(|_| SeedError)?))
    }

    fn of(bytes: [u8; SEED_BYTES]) -> Self {
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_step_duration(STEP_SECONDS)
            .with_secret(bytes)
            .build()
            .expect("six digits and 20 bytes are what the standard asks for");
        Self(totp)
    }

    /// The bytes to seal and store.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.secret().as_bytes()
    }

    /// The seed as people type it into an app: 32 characters of base32.
    pub fn base32(&self) -> Secret<String> {
        Secret::new(self.0.secret().to_base32())
    }

    /// The code of an instant.
    pub fn code(&self, at: DateTime<Utc>) -> String {
        self.0.generate(seconds(at)).to_string()
    }

    /// The step that `code` is of, if it is good now or was until a moment ago. Steps count up from
    /// 1970; whoever keeps the last one taken takes no code twice.
    pub fn step_of(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        // Apps show the digits in two groups.
        let code: String = code.chars().filter(|c| *c != ' ').collect();
        [now, now - LATENESS]
            .into_iter()
            .find(|at| bool::from(self.code(*at).as_bytes().ct_eq(code.as_bytes())))
            .map(|at| (seconds(at) / STEP_SECONDS).cast_signed())
    }

    /// What a QR code tells an authenticator app: whose codes they are, and the seed.
    pub fn uri(&self, issuer: &str, account: &str) -> Secret<String> {
        let (issuer, account) = (encoded(issuer), encoded(account));
        let secret = self.base32();
        Secret::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}",
            secret.expose()
        ))
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Seconds since 1970; no clock of ours is before that.
fn seconds(at: DateTime<Utc>) -> u64 {
    at.timestamp().max(0).cast_unsigned()
}

/// A text as a part of a URI: everything but letters, digits and `-._~` is escaped.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::{SystemEntropy, counting::Counting};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, SHA-1: the last six of its eight digits.
        let seed = Seed::from_bytes(b"12345678901234567890").unwrap();

        #[rustfmt::skip]
        let table = [
            (59,             "287082"),
            (1_111_111_109,  "081804"),
            (1_111_111_111,  "050471"),
            (1_234_567_890,  "005924"),
            (2_000_000_000,  "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, code) in table {
            assert_eq!(seed.code(at(seconds)), code, "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_in_its_step_and_ten_seconds_longer() {
        let seed = Seed::generate(&mut SystemEntropy);
        let code = seed.code(at(300));

        #[rustfmt::skip]
        let table = [
            // seconds, the step it is taken for
            (299,       None),
            (300,       Some(10)),
            (329,       Some(10)),
            (339,       Some(10)),
            (340,       None),
        ];
        for (seconds, step) in table {
            assert_eq!(seed.step_of(&code, at(seconds)), step, "{seconds}");
        }
    }

    #[test]
    fn what_is_no_code_is_not_taken() {
        let seed = Seed::generate(&mut SystemEntropy);
        let code = seed.code(at(300));
        let grouped = format!("{} {}", &code[..3], &code[3..]);

        assert_eq!(seed.step_of(&grouped, at(300)), Some(10));
        for wrong in ["", "0", &code[..5], &format!("{code}0"), "é"] {
            assert_eq!(seed.step_of(wrong, at(300)), None, "{wrong:?}");
        }
    }

    #[test]
    fn an_app_is_told_whose_codes_they_are() {
        let seed = Seed::generate(&mut Counting(0));

        assert_eq!(
            seed.uri("Acme & Sons", "ada+1@example.com").expose(),
            "otpauth://totp/Acme%20%26%20Sons:ada%2B1%40example.com\
             ?secret=AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT&issuer=Acme%20%26%20Sons"
        );
        assert_eq!(seed.base32().expose().len(), 32);
    }

    #[test]
    fn a_seed_is_kept_as_bytes_and_prints_as_three_stars() {
        let seed = Seed::generate(&mut SystemEntropy);
        let again = Seed::from_bytes(seed.as_bytes()).unwrap();

        assert_eq!(again.code(at(300)), seed.code(at(300)));
        assert_eq!(format!("{seed:?}"), "***");
        assert_eq!(Seed::from_bytes(b"short").unwrap_err(), SeedError);
    }
}
