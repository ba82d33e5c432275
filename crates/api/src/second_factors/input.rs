//! What clients send of a second factor.

use keystead_app::second_factors::Proof;
use keystead_signing::Secret;
use poem_openapi::Object;
use serde::Deserialize;

use crate::input::{Doc, Nothing, Sent};
use crate::nouns::SecondFactors;

/// What proves that it is the user who asks for a factor.
#[derive(Default, Object, Deserialize)]
pub struct ProofMeta {
    /// The user's password, unless the user has a factor that is enabled.
    password: Option<String>,
    /// A code of the factor that is enabled.
    otp: Option<String>,
}

/// The body of `POST /users/{user}/second-factors`.
pub type NewSecondFactorBody = Doc<Option<Sent<SecondFactors>>, Option<ProofMeta>>;

/// What of a second factor may be changed.
#[derive(Debug, Object, Deserialize)]
pub struct SecondFactorChange {
    /// Whether logins ask for its codes.
    pub enabled: bool,
}

/// A code of the factor.
#[derive(Object, Deserialize)]
pub struct CodeMeta {
    /// The code that the authenticator app shows.
    pub otp: String,
}

/// The body of `PATCH /users/{user}/second-factors/{factor}`.
pub type SecondFactorChangeBody =
    Doc<Sent<SecondFactors, SecondFactorChange, Nothing, Option<String>>, CodeMeta>;

/// A code of the factor, needed when it is enabled.
#[derive(Object, Deserialize)]
pub struct RemovalMeta {
    /// The code that the authenticator app shows.
    pub otp: Option<String>,
}

/// The body of `DELETE /users/{user}/second-factors/{factor}`, which may be left out.
pub type RemovalBody = Doc<Nothing, Option<RemovalMeta>>;

/// What a body proves, as the use case takes it.
pub fn proof(sent: NewSecondFactorBody) -> Proof {
    let meta = sent.meta.unwrap_or_default();
    Proof {
        password: meta.password.map(Secret::new),
        otp: meta.otp,
    }
}
