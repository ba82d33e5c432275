//! Changes a password: its owner may, who knows the old one.

use keystead_domain::access::{Action, BearerId};
use keystead_domain::draft::Problems;
use keystead_domain::{At, Kind, Problem, Refused};
use keystead_signing::Secret;
use keystead_store::entities::User;
use keystead_store::{tokens, users};

use super::hash;
use crate::users::{Person, person};
use crate::{Cx, Result};

/// The bearer's own user, whose password it may change.
#[derive(Debug)]
pub struct Own(User);

/// The user with this id or address, if it is the bearer itself: asked before the body is read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn own(cx: &Cx, id_or_email: &str) -> Result<Own> {
    cx.bearer()?;
    let user = users::find(&cx.db, &cx.scope(), id_or_email).await?;
    Ok(Own(cx.allow(Action::UserPasswordUpdate, user)?))
}

/// Gives the user a new password and revokes its tokens, but for the one in use.
///
/// # Errors
/// 401 for a wrong old password, or none at all; 422 for a new one that is too short or too long;
/// 409 when the password changed meanwhile.
pub async fn update(cx: &Cx, own: Own, old: Secret<String>, new: Secret<String>) -> Result<Person> {
    let Own(user) = own;
    if !hash::compare(old, user.password_hash.clone())
        .await?
        .is_right()
    {
        let wrong = Problem::new(Kind::Unauthorized, "is not valid");
        return Err(wrong.at(At::Meta("old_password".into())).into());
    }
    let mut problems = Problems::none();
    hash::judge(Some(&new), &mut problems);
    problems.into_result()?;
    let password_hash = hash::make(Some(new)).await?;

    let tx = cx.begin().await?;
    let scope = cx.scope();
    let locked = users::lock(&tx, &scope, user.id).await?;
    let locked = cx.allow(Action::UserPasswordUpdate, scope.seen(locked))?;
    // The old password was right for what was stored then.
    if locked.password_hash != user.password_hash {
        return Err(Refused::conflict().into());
    }
    let user = User {
        password_hash,
        updated_at: cx.now,
        ..locked
    };
    let user = users::update(&tx, user).await?;
    let in_use = cx.bearer()?.token.map(|token| token.id);
    tokens::delete_of(&tx, BearerId::User(user.id), in_use).await?;
    tx.commit().await?;
    person(cx, user).await
}
