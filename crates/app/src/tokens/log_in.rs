//! Logs a user in by e-mail and password: the way to a first token.

use keystead_domain::access::{Bearer, BearerId, Environment};
use keystead_domain::words::UserRole;
use keystead_domain::{At, Code, Kind, Problem, Refused};
use keystead_signing::{Secret, password};
use keystead_store::entities::User;
use keystead_store::users;
use tokio::sync::Semaphore;

use crate::second_factors::{Asked, asked_for};
use crate::{Cx, Error, Result, sso};

/// A hash holds 19 MiB while it is computed: this many at once, the rest wait their turn.
static HASHING: Semaphore = Semaphore::const_new(4);

/// The same request, with the user who knows this password as its bearer (identity §9.7).
///
/// A wrong user takes as long as a wrong password. Whoever has to sign on at a provider is sent there.
///
/// # Errors
/// 401 with the code of the first thing that is wrong, 403 when the user is banned.
pub async fn log_in(
    cx: &Cx,
    email: &str,
    password: Secret<String>,
    otp: Option<&str>,
) -> Result<Cx> {
    if !is_email(email) {
        return Err(refused(Code::EmailRequired).into());
    }
    let (signs_on, covered) = sso::must_sign_on(cx, email).await?;
    if let (Some(signs_on), true) = (&signs_on, covered) {
        sso::turned_away(cx, signs_on, email, None).await?;
    }
    let user = users::by_email(&cx.db, cx.account(), email).await?;
    let user = user.filter(|user| enters(user, cx.environment));
    let stored = user.as_ref().and_then(|user| user.password_hash.clone());
    let empty = password.expose().is_empty();
    let right = matches(password, stored).await?;

    let user = user.ok_or_else(|| refused(Code::EmailInvalid))?;
    if let Some(signs_on) = &signs_on {
        sso::turned_away(cx, signs_on, email, Some(&user)).await?;
    }
    if user.password_hash.is_none() {
        return Err(refused(Code::PasswordNotSupported).into());
    }
    if empty {
        return Err(refused(Code::PasswordRequired).into());
    }
    // The contract asks for the code before it says whether the password is right.
    match asked_for(cx, user.id, otp).await? {
        Asked::Missing => return Err(about_otp(Code::OtpRequired).into()),
        Asked::Wrong => return Err(about_otp(Code::OtpInvalid).into()),
        Asked::Right | Asked::Nothing => {}
    }
    if !right {
        return Err(refused(Code::PasswordInvalid).into());
    }
    if user.banned_at.is_some() {
        return Err(Refused::forbidden("user is banned").into());
    }
    let bearer = Bearer {
        role: user.role.into(),
        id: BearerId::User(user.id),
        environment: user.environment_id,
        permissions: user.permissions,
        token: None,
    };
    Ok(cx.with_bearer(bearer))
}

/// "Users of the environment's visible set, and global admins" (identity §15.2).
pub(crate) fn enters(user: &User, environment: Environment) -> bool {
    let global_admin = user.environment_id.is_none() && user.role == UserRole::Admin;
    environment.reads(user.environment_id) || global_admin
}

async fn matches(password: Secret<String>, stored: Option<String>) -> Result<bool> {
    let _turn = HASHING.acquire().await.map_err(Error::failed)?;
    let verdict = tokio::task::spawn_blocking(move || match stored {
        Some(stored) => {
            password::verify(password.expose(), &stored).map(password::Verdict::is_right)
        }
        None => {
            password::verify_nothing(password.expose());
            Ok(false)
        }
    });
    verdict.await.map_err(Error::failed)?.map_err(Error::failed)
}

fn refused(code: Code) -> Refused {
    Problem::new(Kind::Unauthorized, code.detail())
        .code(code)
        .at(At::Header("Authorization"))
        .into()
}

fn about_otp(code: Code) -> Refused {
    Problem::new(Kind::Unauthorized, code.detail())
        .code(code)
        .at(At::Meta("otp".into()))
        .into()
}

/// What stands before the colon must at least look like an address.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    !local.is_empty()
        && domain.len() > 1
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}
