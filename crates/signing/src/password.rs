//! Passwords: argon2id, slow on purpose. Call these where blocking is allowed.

use std::sync::LazyLock;

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{Error, phc::PasswordHash},
};

use crate::entropy::{self, Entropy};

/// OWASP's first choice for argon2id: 19 MiB, two passes, one lane; some 30 ms.
/// Each hash being computed holds its 19 MiB, so callers bound how many run at once.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

static ARGON2: LazyLock<Argon2<'static>> = LazyLock::new(|| {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("argon2 allows these costs");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
});

/// How a password or key compares with what is stored for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not the one.
    Wrong,
    /// The one.
    Right,
    /// The one, but stored in an older form: store a new hash while it is at hand.
    Outdated,
}

impl Verdict {
    /// Whether it is the one, in whatever form.
    pub const fn is_right(self) -> bool {
        matches!(self, Self::Right | Self::Outdated)
    }
}

/// What is stored is no hash. The fault is in the database, not with the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored hash can't be read")]
pub struct HashError;

/// The hash to store for `password`, as a PHC string with its own random salt.
pub fn hash(password: &str, entropy: &mut dyn Entropy) -> String {
    let salt: [u8; 16] = entropy::bytes(entropy);
    ARGON2
        .hash_password_with_salt(password.as_bytes(), &salt)
        .expect("argon2 takes any password shorter than 4 GiB and a salt of 16 bytes")
        .to_string()
}

/// Compares `password` with a stored hash: argon2 of any cost, or the bcrypt of imported users.
///
/// # Errors
/// If what is stored is neither.
pub fn verify(password: &str, stored: &str) -> Result<Verdict, HashError> {
    if stored.starts_with("$2") {
        let right = bcrypt::verify(password, stored).map_err(|_| HashError)?;
        return Ok(if right {
            Verdict::Outdated
        } else {
            Verdict::Wrong
        });
    }
    let stored = PasswordHash::new(stored).map_err(|_| HashError)?;
    match ARGON2.verify_password(password.as_bytes(), &stored) {
        Ok(()) if is_current(&stored) => Ok(Verdict::Right),
        Ok(()) => Ok(Verdict::Outdated),
        Err(Error::PasswordInvalid) => Ok(Verdict::Wrong),
        Err(_) => Err(HashError),
    }
}

/// Takes as long as [`verify`], for an unknown user or one without a password: the time
/// of a refusal must not tell who exists.
pub fn verify_nothing(password: &str) {
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    // A password of 4 GiB or more fails at once, but no request carries one.
    let done = ARGON2.hash_password_into(password.as_bytes(), &[0; 16], &mut output);
    std::hint::black_box((done.is_ok(), output));
}

fn is_current(stored: &PasswordHash) -> bool {
    let current = ARGON2.params();
    stored.algorithm == Algorithm::Argon2id.ident()
        && stored.version == Some(Version::V0x13.into())
        && Params::try_from(stored).is_ok_and(|params| {
            (params.m_cost(), params.t_cost(), params.p_cost())
                == (current.m_cost(), current.t_cost(), current.p_cost())
        })
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::entropy::{SystemEntropy, counting::Counting};

    #[test]
    fn a_password_matches_its_hash_alone() {
        let stored = hash("correct horse", &mut SystemEntropy);

        assert_eq!(verify("correct horse", &stored), Ok(Verdict::Right));
        assert_eq!(verify("correct hors", &stored), Ok(Verdict::Wrong));
        assert_eq!(verify("", &stored), Ok(Verdict::Wrong));
    }

    #[test]
    fn a_hash_names_its_cost_and_has_its_own_salt() {
        let first = hash("same", &mut SystemEntropy);
        let second = hash("same", &mut SystemEntropy);

        assert!(
            first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{first}"
        );
        assert_ne!(first, second);
    }

    #[test]
    fn the_hash_is_what_another_implementation_makes() {
        // argon2-cffi 25.1: hash_secret(b"correct horse", bytes(range(16)), 2, 19456, 1, 32, Type.ID).
        assert_eq!(
            hash("correct horse", &mut Counting(0)),
            "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw\
             $0AuQxA+RjPiJeA19Op7DwrFxnfh9xeTU2T6mFj2wThc"
        );
    }

    #[test]
    fn a_hash_of_older_cost_is_right_but_outdated() {
        let cheap = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(64, 1, 1, None).unwrap(),
        );
        let stored = cheap
            .hash_password_with_salt(b"correct horse", &[9; 16])
            .unwrap()
            .to_string();

        assert_eq!(verify("correct horse", &stored), Ok(Verdict::Outdated));
        assert_eq!(verify("another", &stored), Ok(Verdict::Wrong));
    }

    #[test]
    fn an_imported_bcrypt_hash_is_right_but_outdated() {
        let stored = bcrypt::hash_with_salt("correct horse", 4, [7; 16]).unwrap();

        assert_eq!(
            verify("correct horse", &stored.to_string()),
            Ok(Verdict::Outdated)
        );
        assert_eq!(verify("another", &stored.to_string()), Ok(Verdict::Wrong));
    }

    #[test]
    fn what_is_no_hash_is_an_error_and_no_match() {
        for stored in [
            "",
            "correct horse",
            "$argon2id$",
            "$2a$nonsense",
            "$pbkdf2$i=1$YWFhYWFhYWE$YQ",
        ] {
            assert_eq!(
                verify("correct horse", stored),
                Err(HashError),
                "{stored:?}"
            );
        }
    }

    #[test]
    fn an_unknown_user_costs_as_much_as_a_known_one() {
        let stored = hash("correct horse", &mut SystemEntropy);
        let fastest = |work: &dyn Fn()| {
            let runs = (0..5).map(|_| {
                let start = Instant::now();
                work();
                start.elapsed()
            });
            runs.min().unwrap()
        };

        let known = fastest(&|| assert_eq!(verify("another", &stored), Ok(Verdict::Wrong)));
        let unknown = fastest(&|| verify_nothing("another"));

        // Wide, so that a busy machine passes; skipping the work would be a thousandfold.
        assert!(
            unknown * 3 > known && known * 3 > unknown,
            "{unknown:?} {known:?}"
        );
    }

    #[test]
    fn only_right_verdicts_let_in() {
        assert!(Verdict::Right.is_right() && Verdict::Outdated.is_right());
        assert!(!Verdict::Wrong.is_right());
    }
}
