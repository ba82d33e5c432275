//! Second factors: codes from an authenticator app, which a login asks for besides the password.

pub mod create;
pub mod delete;
pub mod list;
pub mod otp;
pub mod show;
pub mod update;

pub use create::{Proof, create};
pub use delete::{delete, removable};
pub use list::list;
pub use otp::{Asked, asked_for};
pub use show::show;
pub use update::{changeable, update};

use keystead_domain::access::{Action, Role};
use keystead_domain::{AccountId, At, Code, Kind, Problem, SecondFactorId};
use keystead_signing::seal::MasterKey;
use keystead_signing::totp::Seed;
use keystead_signing::{Secret, SystemEntropy};
use keystead_store::entities::{SecondFactor, User};
use keystead_store::users;

use crate::{Cx, Error, Result};

/// A second factor as it is shown.
#[derive(Debug)]
pub struct Shown {
    /// The factor.
    pub factor: SecondFactor,
    /// What an authenticator app is to be told, until the factor is enabled.
    pub setup: Option<Setup>,
}

/// What an authenticator app is told, to make codes from.
#[derive(Debug)]
pub struct Setup {
    /// The seed in base32, for people who type it.
    pub secret: Secret<String>,
    /// The same as an `otpauth:` address, for a QR code.
    pub uri: Secret<String>,
}

/// A user whose factors the bearer may act on: asked before the body is read.
#[derive(Clone, Debug)]
pub struct Holder(User);

/// The user with this id or address, if the bearer may do `action` to its factors.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the user, 403 by the access matrix.
pub async fn holder(cx: &Cx, action: Action, id_or_email: &str) -> Result<Holder> {
    // Environments hear that they may not even of the people who run them, whom they don't list.
    let scope = match cx.bearer()?.role {
        Role::Environment => cx.existing(),
        _ => cx.scope(),
    };
    let user = users::find(&cx.db, &scope, id_or_email).await?;
    Ok(Holder(cx.allow(action, user)?))
}

fn shown(cx: &Cx, user: &User, factor: SecondFactor) -> Result<Shown> {
    let setup = if factor.enabled {
        None
    } else {
        let seed = open(&cx.master_key, &factor)?;
        Some(Setup {
            secret: seed.base32(),
            uri: seed.uri(&cx.tenant.account.name, &user.email),
        })
    };
    Ok(Shown { factor, setup })
}

/// Where a seed is sealed for: no other row opens it.
fn place<'a>(account: &'a AccountId, id: &'a SecondFactorId) -> [&'a [u8]; 3] {
    [
        account.0.as_bytes(),
        id.0.as_bytes(),
        b"second_factors.seed",
    ]
}

/// A seed as it is stored, sealed for the factor with this id.
pub fn seal(key: &MasterKey, account: &AccountId, id: &SecondFactorId, seed: &Seed) -> Vec<u8> {
    key.seal(&place(account, id), seed.as_bytes(), &mut SystemEntropy)
}

/// The seed of a factor, opened with the installation's key.
///
/// # Errors
/// When it does not open: the key is another, or the row was tampered with.
pub fn open(key: &MasterKey, factor: &SecondFactor) -> Result<Seed> {
    let place = place(&factor.account_id, &factor.id);
    let bytes = key.open(&place, &factor.seed).map_err(Error::failed)?;
    Seed::from_bytes(bytes.expose()).map_err(Error::failed)
}

fn wrong_otp() -> Problem {
    refused(Code::OtpInvalid, "otp")
}

fn refused(code: Code, member: &'static str) -> Problem {
    Problem::new(Kind::Unauthorized, code.detail())
        .code(code)
        .at(At::Meta(member.into()))
}
