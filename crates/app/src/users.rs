//! Users: people who run the account, and people who hold licenses.

pub mod ban;
pub mod create;
pub mod delete;
pub(crate) mod founders;
pub mod list;
pub mod regroup;
pub mod related;
pub mod show;
pub mod update;

pub use ban::{ban, unban};
pub use create::{Draft, create};
pub use delete::delete;
pub use list::list;
pub use regroup::{Movable, movable, regroup};
pub use related::{
    bearer, group, license, licenses, machine, machines, product, products, token, tokens,
};
pub use show::show;
pub use update::{Change, Changeable, changeable, update};

use keystead_domain::access::Role;
use keystead_domain::draft::Problems;
use keystead_domain::user::{ACTIVE_FOR, Life, judge_email};
use keystead_domain::words::UserStatus;
use keystead_domain::{At, Code, Problem};
use keystead_store::Connection;
use keystead_store::entities::User;
use keystead_store::page::Slice;
use keystead_store::users::active_since;

use crate::{Cx, Result};

/// A user, and what it is now.
#[derive(Clone, Debug)]
pub struct Person {
    /// The user.
    pub user: User,
    /// Banned, active or inactive.
    pub status: UserStatus,
}

/// What the user is now. Asks the database only about users who are no longer new.
///
/// # Errors
/// When the database fails.
pub async fn person(cx: &Cx, user: User) -> Result<Person> {
    person_in(cx, &cx.db, user).await
}

/// What the user is now, as a transaction sees it.
///
/// # Errors
/// When the database fails.
pub async fn person_in<C: Connection>(cx: &Cx, connection: &C, user: User) -> Result<Person> {
    let quiet = quiet(cx, [&user]);
    let used = active_since(connection, &cx.scope(), &quiet, cx.now - ACTIVE_FOR).await?;
    let status = status(cx, &user, used.contains(&user.id));
    Ok(Person { user, status })
}

/// What the users of a page are now, asked for all of them at once.
///
/// # Errors
/// When the database fails.
pub async fn people(cx: &Cx, page: Slice<User>) -> Result<Slice<Person>> {
    let used = active_since(
        &cx.db,
        &cx.scope(),
        &quiet(cx, &page.rows),
        cx.now - ACTIVE_FOR,
    )
    .await?;
    Ok(page.map(|user| Person {
        status: status(cx, &user, used.contains(&user.id)),
        user,
    }))
}

fn status(cx: &Cx, user: &User, used_a_license: bool) -> UserStatus {
    let life = Life {
        banned: user.banned_at.is_some(),
        created: user.created_at,
        used_a_license,
    };
    life.status(cx.now)
}

/// The users whose state depends on what they did.
fn quiet<'a>(cx: &Cx, users: impl IntoIterator<Item = &'a User>) -> Vec<keystead_domain::UserId> {
    let quiet = |user: &&User| status(cx, user, false) == UserStatus::Inactive;
    users
        .into_iter()
        .filter(quiet)
        .map(|user| user.id)
        .collect()
}

/// Judges a user as it will be stored; what is stored already has no problems.
pub(crate) fn judge(user: &User, problems: &mut Problems) {
    judge_email(&user.email, problems);
    problems.short(
        user.first_name.as_deref().unwrap_or(""),
        Code::FirstNameTooLong,
        "first_name",
    );
    problems.short(
        user.last_name.as_deref().unwrap_or(""),
        Code::LastNameTooLong,
        "last_name",
    );
    let assignable = user.permissions.assignable_to(Role::from(user.role));
    problems.require(assignable, Code::PermissionsNotAllowed, "permissions");
    problems.metadata(&user.metadata);
}

pub(crate) fn email_taken() -> Problem {
    Code::EmailTaken.at(At::Attribute("email".into()))
}
