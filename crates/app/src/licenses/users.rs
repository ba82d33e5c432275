//! The users of a license: its owner, and those it is shared with.

use std::collections::{BTreeMap, BTreeSet};

use keystead_domain::access::{Action, Bond, Scope, Tied, allow_attached};
use keystead_domain::event::EventName;
use keystead_domain::{At, Code, EnvironmentId, Kind, LicenseId, Problem, Refused, UserId};
use keystead_store::entities::{LicenseUser, User};
use keystead_store::licenses::{Loaded, members};
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::{OnDuplicate, Tx, users};

use super::bind::lock;
use super::show::find;
use super::{NOUN, limits, too_many_users};
use crate::herald::Payload;
use crate::users::{Person, people, person};
use crate::{Cx, Result};

/// The users of the license with this id or key, its owner included, a page at a time.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license, 403 by the access matrix.
pub async fn list(
    cx: &Cx,
    id_or_key: &str,
    page: Page,
    direction: Direction,
) -> Result<Slice<Person>> {
    let id = allowed(cx, id_or_key, Action::LicenseUsers).await?;
    let filter = users::Filter {
        license: Some(id.to_string()),
        ..users::Filter::default()
    };
    let page = users::list(&cx.db, &cx.existing(), &filter, page, direction).await?;
    people(cx, page).await
}

/// One of the license's users, by id or address.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license or the user is not its, 403 by the access
/// matrix.
pub async fn show(cx: &Cx, id_or_key: &str, id_or_email: &str) -> Result<Person> {
    let id = allowed(cx, id_or_key, Action::LicenseUsers).await?;
    let scope = cx.scope();
    let found = users::find(&cx.db, &scope, id_or_email).await?;
    if !users::holds(&cx.db, &scope, found.peek().id, id).await? {
        return Err(Refused::not_found("user", id_or_email).into());
    }
    person(cx, cx.allow(Action::UserShow, found)?).await
}

/// Attaches users to the license with this id or key, all or none.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license, 403 by the access matrix or for an
/// environment that doesn't fit, 422 for the first user that there is not, that holds the license
/// already, or that it has no place for.
pub async fn attach(cx: &Cx, id_or_key: &str, ids: &[UserId]) -> Result<Vec<LicenseUser>> {
    let id = allowed(cx, id_or_key, Action::LicenseUsersAttach).await?;

    let tx = cx.begin().await?;
    let known = members::keep(&tx, &Scope::system(cx.account()), ids).await?;
    let license = lock(cx, &tx, id).await?;
    let parent = license.license.environment_id;
    fits(cx, parent, known.iter().map(|user| user.environment_id))?;
    if let Some(problem) = first_problem(&tx, &license, ids, &known).await? {
        return Err(problem.into());
    }
    let rows: Vec<_> = ids.iter().map(|user| row(cx, &license, *user)).collect();
    let max = limits(&license).users;
    let ceiling = license.policy.overage_strategy.ceiling(max);
    let attached = members::attach(&tx, id, &rows, ceiling, cx.now)
        .await
        .on_duplicate(about(Code::UserTaken))?;
    if !attached {
        return Err(too_many_users(max).into());
    }
    let event = cx.event(EventName::LicenseUsersAttached.as_str(), NOUN, id.0);
    let payload = Payload::LicenseUsers(&rows, license.tie());
    cx.tell(&tx, event, payload).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Detaches users from the license with this id or key, all or none. Their machines on it stay,
/// and are nobody's.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license; 403 by the access matrix, for an environment
/// that doesn't fit, or for its owner; 422 for the first that isn't attached.
pub async fn detach(cx: &Cx, id_or_key: &str, ids: &[UserId]) -> Result<()> {
    let id = allowed(cx, id_or_key, Action::LicenseUsersDetach).await?;

    let tx = cx.begin().await?;
    let license = lock(cx, &tx, id).await?;
    let attached = members::attached(&tx, id, ids).await?;
    let parent = license.license.environment_id;
    fits(cx, parent, attached.iter().map(|row| row.environment_id))?;
    let owner = |user: &UserId| license.license.owner_id == Some(*user);
    if let Some(index) = ids.iter().position(owner) {
        let reason = "attached through owner";
        return Err(undetachable(Kind::Forbidden, index, ids[index], reason).into());
    }
    let unknown = |user: &UserId| attached.iter().all(|row| row.user_id != *user);
    if let Some(index) = ids.iter().position(unknown) {
        let kind = Kind::UnprocessableEntity;
        return Err(undetachable(kind, index, ids[index], "not attached").into());
    }
    members::detach(&tx, id, &attached, cx.now).await?;
    let event = cx.event(EventName::LicenseUsersDetached.as_str(), NOUN, id.0);
    let payload = Payload::LicenseUsers(&attached, license.tie());
    cx.tell(&tx, event, payload).await?;
    tx.commit().await?;
    Ok(())
}

/// What is wrong with the first user that can't be attached, in the order they were named: what
/// comes before the license's limit, which the statement that writes decides.
async fn first_problem(
    tx: &Tx,
    license: &Loaded,
    ids: &[UserId],
    known: &[User],
) -> Result<Option<Problem>> {
    let known: BTreeMap<_, _> = known.iter().map(|user| (user.id, user)).collect();
    let attached = members::attached(tx, license.license.id, ids).await?;
    let mut taken: BTreeSet<_> = attached.into_iter().map(|row| row.user_id).collect();
    let max = limits(license).users;
    for (before, id) in (license.users()..).zip(ids) {
        if !known.contains_key(id) {
            return Ok(Some(about(Code::UserNotFound)));
        }
        if license.license.owner_id == Some(*id) {
            return Ok(Some(about(Code::UserConflict)));
        }
        if !taken.insert(*id) {
            return Ok(Some(about(Code::UserTaken)));
        }
        let full = license.policy.overage_strategy.ceiling(max);
        if full.is_some_and(|most| before >= most) {
            return Ok(Some(too_many_users(max)));
        }
    }
    Ok(None)
}

fn fits(
    cx: &Cx,
    parent: Option<EnvironmentId>,
    children: impl Iterator<Item = Option<EnvironmentId>>,
) -> Result<(), Refused> {
    let children: Vec<_> = children.collect();
    allow_attached(
        &cx.environment,
        Bond {
            parent,
            children: &children,
        },
    )
}

fn row(cx: &Cx, license: &Loaded, user: UserId) -> LicenseUser {
    LicenseUser {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: cx.environment.id(),
        license_id: license.license.id,
        user_id: user,
        created_at: cx.now,
        updated_at: cx.now,
    }
}

fn about(code: Code) -> Problem {
    code.at(At::Relationship("user".into()))
}

fn undetachable(kind: Kind, index: usize, user: UserId, reason: &str) -> Problem {
    let detail = format!("cannot detach user '{user}' (user is {reason})");
    Problem::new(kind, detail).at(At::Path(format!("data/{index}")))
}

async fn allowed(cx: &Cx, id_or_key: &str, action: Action) -> Result<LicenseId> {
    let license = find(cx, id_or_key).await?;
    Ok(cx.allow(action, license)?.license.id)
}
