//! Changes a user.

use keystead_domain::access::privilege::{Standing, keep_admins};
use keystead_domain::access::{Action, BearerId, Role, Scope, Tie, Tied};
use keystead_domain::draft::{self, Problems};
use keystead_domain::event::EventName;
use keystead_domain::permissions::PermissionSet;
use keystead_domain::user::normalised_email;
use keystead_domain::words::UserRole;
use keystead_domain::{Refused, UserId};
use keystead_signing::Secret;
use keystead_store::entities::User;
use keystead_store::{OnDuplicate, Tx, diff, tokens, users};
use serde_json::Value;

use super::{Person, email_taken, judge, person_in};
use crate::herald::Payload;
use crate::passwords::hash;
use crate::{Cx, Result};

/// What to change of a user: an absent attribute stays, and the inner none clears.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The address, unique in the account.
    pub email: Option<String>,
    /// The first name.
    pub first_name: Option<Option<String>>,
    /// The last name.
    pub last_name: Option<Option<String>>,
    /// The password, 6 to 72 characters; cleared, the user can't log in.
    pub password: Option<Option<Secret<String>>>,
    /// How the user may act. A change revokes the user's tokens, but for the one in use.
    pub role: Option<UserRole>,
    /// What the user may do.
    pub permissions: Option<Vec<String>>,
    /// Free data, replaced as a whole: an object with keys in snake case.
    pub metadata: Option<Value>,
}

/// A user that the bearer may change.
#[derive(Debug)]
pub struct Changeable {
    id: UserId,
    admin: bool,
}

impl Changeable {
    pub(crate) fn of(user: &User) -> Self {
        Self {
            id: user.id,
            admin: is_admin(user),
        }
    }
}

/// A user before it is changed. Among equals it counts what the user would become, which the body
/// will tell (identity §17.4): nobody is kept from taking permissions away.
struct Before(User);

impl Tied for Before {
    fn tie(&self) -> Tie {
        let mut tie = self.0.tie();
        if let Some(user) = &mut tie.user {
            user.permissions = PermissionSet::NONE;
        }
        tie
    }
}

/// The user with this id or address, if the bearer may change it: asked before the body is read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix and the rules of privilege.
pub async fn changeable(cx: &Cx, id_or_email: &str) -> Result<Changeable> {
    cx.bearer()?;
    let user = users::find(&cx.db, &cx.scope(), id_or_email).await?;
    let Before(user) = cx.allow(Action::UserUpdate, user.map(Before))?;
    Ok(Changeable::of(&user))
}

/// Changes a user.
///
/// # Errors
/// 403 when the bearer may not make such a user, 422 for the problems of what it would become,
/// 409 when somebody made it an admin meanwhile, 404 when it is gone by now.
pub async fn update(cx: &Cx, user: Changeable, mut change: Change) -> Result<Person> {
    let permissions = draft::permissions(change.permissions.as_deref())?;
    let mut problems = Problems::none();
    let password = change.password.take();
    hash::judge(password.as_ref().and_then(Option::as_ref), &mut problems);
    let hashed = match password {
        // Hashed before the row is locked, because it takes a while.
        Some(password) if problems.is_empty() => Some(hash::make(password).await?),
        _ => None,
    };

    let scope = cx.scope();
    let tx = cx.begin().await?;
    let before = lock(&tx, &scope, user).await?;
    let role = change.role.unwrap_or(before.role);
    let promoted = role != before.role;
    let kept = if promoted {
        before.permissions.after_role_change(Role::from(role))
    } else {
        before.permissions
    };
    let after = User {
        email: change
            .email
            .as_deref()
            .map_or_else(|| before.email.clone(), normalised_email),
        first_name: change
            .first_name
            .unwrap_or_else(|| before.first_name.clone()),
        last_name: change.last_name.unwrap_or_else(|| before.last_name.clone()),
        password_hash: hashed.unwrap_or_else(|| before.password_hash.clone()),
        role,
        permissions: permissions.unwrap_or(kept),
        metadata: change.metadata.unwrap_or_else(|| before.metadata.clone()),
        updated_at: cx.now,
        ..before.clone()
    };
    // Judged again as the user will be: nobody makes somebody mightier than themselves.
    let after = cx.allow(Action::UserUpdate, scope.seen(after))?;
    judge(&after, &mut problems);
    problems.into_result()?;
    keep_an_admin(&tx, &scope, &before, Some(&after)).await?;

    let after = users::update(&tx, after)
        .await
        .on_duplicate(email_taken())?;
    if promoted {
        let in_use = cx.bearer()?.token.map(|token| token.id);
        tokens::delete_of(&tx, BearerId::User(after.id), in_use).await?;
    }
    let mut event = cx.event(EventName::UserUpdated.as_str(), "users", after.id.0);
    event.metadata = Some(diff(&before, &after));
    let person = person_in(cx, &tx, after).await?;
    cx.tell(&tx, event, Payload::User(&person)).await?;
    tx.commit().await?;
    Ok(person)
}

/// The user's row, locked; an admin's after the lock that all changes of admins take.
pub(crate) async fn lock(tx: &Tx, scope: &Scope, user: Changeable) -> Result<User> {
    if user.admin {
        users::lock_admins(tx, scope).await?;
    }
    let locked = users::lock(tx, scope, user.id).await?;
    if is_admin(&locked) == user.admin {
        Ok(locked)
    } else {
        Err(Refused::conflict().into())
    }
}

/// An account keeps an admin; `after` is none for a user who goes. Admins are counted under the
/// lock that [`lock`] took, so that two can't step down at once.
pub(crate) async fn keep_an_admin(
    tx: &Tx,
    scope: &Scope,
    before: &User,
    after: Option<&User>,
) -> Result<()> {
    if !is_admin(before) {
        return Ok(());
    }
    let others = users::other_admins(tx, scope, before.id).await?;
    keep_admins(standing(before), after.map(standing), others)?;
    Ok(())
}

fn standing(user: &User) -> Standing {
    Standing {
        role: user.role,
        permissions: user.permissions,
    }
}

fn is_admin(user: &User) -> bool {
    user.role == UserRole::Admin
}
