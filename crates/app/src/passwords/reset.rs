//! Resets a password: whoever holds the token that was mailed may.

use chrono::TimeDelta;
use keystead_domain::access::BearerId;
use keystead_domain::draft::Problems;
use keystead_domain::words::UserRole;
use keystead_domain::{At, Kind, Problem, Refused};
use keystead_signing::{Secret, TokenDigest};
use keystead_store::entities::{PasswordReset, User};
use keystead_store::{password_resets, tokens, users};

use super::hash;
use crate::users::{Person, person};
use crate::{Cx, Result};

/// How long a token that resets a password is good (identity §13).
pub const RESET_WITHIN: TimeDelta = TimeDelta::hours(24);

/// A user whose password may perhaps be reset: the token will tell.
#[derive(Debug)]
pub struct Resettable {
    user: User,
    /// The user as the client named it.
    named: String,
}

/// The user with this id or address, whoever asks: the token is what proves anything.
///
/// # Errors
/// 404.
pub async fn resettable(cx: &Cx, id_or_email: &str) -> Result<Resettable> {
    let user = users::find(&cx.db, &cx.existing(), id_or_email).await?;
    Ok(Resettable {
        user: user.peek().clone(),
        named: id_or_email.to_owned(),
    })
}

/// Gives the user a new password and revokes all of its tokens. The token that was mailed is used
/// up.
///
/// # Errors
/// 404 for a wrong token, 401 for one that is too old, 403 for a customer who never had a password
/// in a protected account, 422 for a password that is too short or too long.
pub async fn reset(
    cx: &Cx,
    resettable: Resettable,
    token: &Secret<String>,
    password: Secret<String>,
) -> Result<Person> {
    let Resettable { user, named } = resettable;
    let wrong = || Refused::not_found("user", &named);
    let reset = password_resets::of_user(&cx.db, cx.account(), user.id).await?;
    let reset = reset
        .filter(|reset| opens(reset, token))
        .ok_or_else(wrong)?;
    if reset.created_at + RESET_WITHIN < cx.now {
        return Err(expired().into());
    }
    let customer = user.role == UserRole::User && user.password_hash.is_none();
    if customer && cx.tenant.account.protected {
        let reason = "ensure the token or license is allowed to access all resources";
        return Err(Refused::forbidden(reason).into());
    }
    let mut problems = Problems::none();
    hash::judge(Some(&password), &mut problems);
    problems.into_result()?;
    let password_hash = hash::make(Some(password)).await?;

    let tx = cx.begin().await?;
    let user = users::lock(&tx, &cx.existing(), user.id).await?;
    if !password_resets::spend(&tx, &reset).await? {
        return Err(wrong().into());
    }
    let user = User {
        password_hash,
        updated_at: cx.now,
        ..user
    };
    let user = users::update(&tx, user).await?;
    tokens::delete_of(&tx, BearerId::User(user.id), None).await?;
    tx.commit().await?;
    person(cx, user).await
}

fn opens(reset: &PasswordReset, token: &Secret<String>) -> bool {
    let stored: Result<[u8; 32], _> = reset.digest.as_slice().try_into();
    stored.is_ok_and(|digest| TokenDigest::from_bytes(digest) == TokenDigest::of(token.expose()))
}

fn expired() -> Problem {
    Problem::new(Kind::Unauthorized, "is expired").at(At::Meta("password_reset_token".into()))
}
