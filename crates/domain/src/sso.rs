//! Single sign-on: who must, who may, and what a provider's word makes of a user (distribution
//! reference §12).

mod profile;

use chrono::{DateTime, TimeDelta, Utc};

use crate::refusal::{At, Code, Kind, Problem};
use crate::user::judge_email;
use crate::words::UserRole;

pub use profile::{ClaimNames, Profile};

/// How long people may take to sign on at their provider.
pub const STATE_TTL: TimeDelta = TimeDelta::minutes(5);

/// How long a session lives that the account says nothing about.
pub const SESSION_TTL: TimeDelta = TimeDelta::hours(8);

/// The longest error of a provider that is passed on; the standard ones are far shorter.
const MAX_ERROR_BYTES: usize = 64;

/// Why somebody could not sign on, told to the portal by a code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0)]
pub struct Failure(String);

/// Declares the failures that are ours to tell.
macro_rules! failures {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal;)*) => {
        impl Failure {
            $($(#[doc = $doc])* pub fn $name() -> Self { Self($code.to_owned()) })*
        }
    };
}

failures! {
    /// No account has the provider's organization.
    account_not_found = "SSO_ACCOUNT_NOT_FOUND";
    /// The person's address is outside of the account's domains, or the person is banned.
    user_not_allowed = "SSO_USER_NOT_ALLOWED";
    /// Nobody has the profile or the address, and the account makes no users on the way.
    user_not_found = "SSO_USER_NOT_FOUND";
    /// The profile makes no valid user.
    user_invalid = "SSO_USER_INVALID";
    /// The person was not sent by us.
    state_missing = "SSO_STATE_MISSING";
    /// What we sent along did not come back as it was, in time, and for the same person.
    state_invalid = "SSO_STATE_INVALID";
    /// The environment that was signed on to is gone.
    environment_not_found = "SSO_ENVIRONMENT_NOT_FOUND";
    /// No session could be opened.
    session_invalid = "SSO_SESSION_INVALID";
    /// The provider's word can't be trusted, or something broke.
    invalid = "SSO_INVALID";
    /// The provider does not answer.
    unavailable = "SSO_TEMPORARILY_UNAVAILABLE";
}

impl Failure {
    /// An error that the provider told, as long as it reads like one.
    pub fn told(error: &str) -> Self {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        match (1..=MAX_ERROR_BYTES).contains(&error.len()) && error.bytes().all(plain) {
            true => Self(format!("SSO_{}", error.to_ascii_uppercase())),
            false => Self::invalid(),
        }
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.0
    }
}

/// How an account's people sign on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The domains whose addresses sign on, in lower case.
    pub domains: Vec<String>,
    /// Seconds that a session lives; [`SESSION_TTL`] when unsaid.
    pub session_seconds: Option<i64>,
    /// Whether users are made as they sign on.
    pub jit_provisioning: bool,
    /// Whether addresses outside of the domains may sign on.
    pub external_authn: bool,
    /// Whether the provider says who has which role.
    pub sync_roles: bool,
    /// Whether people may start at the provider.
    pub idp_initiated: bool,
}

impl Terms {
    /// Whether an address is of one of the domains: whoever has it signs on, and needs no password.
    pub fn covers(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map(|(_, domain)| domain);
        domain.is_some_and(|domain| {
            let mut own = self.domains.iter();
            own.any(|own| own.eq_ignore_ascii_case(domain.trim()))
        })
    }

    /// Whether somebody with this address may sign on.
    ///
    /// # Errors
    /// When the address is outside of the domains, and the account keeps to them.
    pub fn admit(&self, email: &str) -> Result<(), Failure> {
        match self.external_authn || self.covers(email) {
            true => Ok(()),
            false => Err(Failure::user_not_allowed()),
        }
    }

    /// How long a session lives.
    pub fn session_ttl(&self) -> TimeDelta {
        let said = self.session_seconds.and_then(TimeDelta::try_seconds);
        said.unwrap_or(SESSION_TTL)
    }

    /// What is wrong with the terms themselves, if anything is.
    ///
    /// # Errors
    /// The first problem, in words for whoever set them.
    pub fn judge(&self) -> Result<(), Problem> {
        let refused = |detail: String| Problem::new(Kind::Unprocessable, detail);
        for domain in &self.domains {
            let mut problems = crate::draft::Problems::none();
            judge_email(&format!("somebody@{domain}"), &mut problems);
            if problems.into_result().is_err() || !domain.contains('.') {
                return Err(refused(format!(
                    "{domain:?} is no domain of e-mail addresses"
                )));
            }
        }
        match self.session_seconds {
            Some(seconds)
                if TimeDelta::try_seconds(seconds)
                    .is_none_or(|ttl| ttl < TimeDelta::minutes(1)) =>
            {
                Err(refused("a session lives for a minute at least".to_owned()))
            }
            _ => Ok(()),
        }
    }
}

/// Who somebody is to an account that signs on, once known.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// How the user may act.
    pub role: UserRole,
    /// Whether the user has signed on before.
    pub has_identity: bool,
}

/// Whether a password is no way in for a user, whatever the address: staff signs on, and so does
/// everybody who has done so before.
pub fn must_sign_on(standing: Standing) -> bool {
    standing.role != UserRole::User || standing.has_identity
}

/// What was sent along to the provider and came back, as far as it is judged.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// Whom we sent.
    pub email: &'a str,
    /// Until when we wait.
    pub expires: DateTime<Utc>,
}

impl Sent<'_> {
    /// Whether it is still good.
    ///
    /// # Errors
    /// When it came too late.
    pub fn in_time(self, now: DateTime<Utc>) -> Result<(), Failure> {
        match now < self.expires {
            true => Ok(()),
            false => Err(Failure::state_invalid()),
        }
    }

    /// Whether the person who came back is the one whom we sent.
    ///
    /// # Errors
    /// When it is somebody else.
    pub fn is_of(self, profile: &Profile) -> Result<(), Failure> {
        match self.email.trim().to_lowercase() == profile.email {
            true => Ok(()),
            false => Err(Failure::state_invalid()),
        }
    }
}

/// The role that a provider names, if it names one.
///
/// # Errors
/// When there is no such role.
pub fn role(slug: Option<&str>) -> Result<Option<UserRole>, Failure> {
    slug.map(|slug| UserRole::parse(slug).ok_or_else(Failure::user_invalid))
        .transpose()
}

/// Whoever logs in by password is told to sign on: where, if it is known.
pub fn required(redirect: Option<String>) -> Problem {
    let problem = Problem::new(Kind::Unauthorized, Code::SsoRequired.detail())
        .code(Code::SsoRequired)
        .at(At::Header("Authorization"));
    match redirect {
        Some(url) => problem.redirect(url),
        None => problem,
    }
}

/// Whoever has to sign on can't, because nobody told the server of a provider.
pub fn unsupported() -> Problem {
    Problem::new(Kind::Unauthorized, Code::SsoNotSupported.detail())
        .code(Code::SsoNotSupported)
        .at(At::Header("Authorization"))
}

#[cfg(test)]
mod tests;
