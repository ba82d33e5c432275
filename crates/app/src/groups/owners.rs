//! The owners of a group: users who may look at it and at its members.

use std::collections::BTreeSet;

use keystead_domain::access::{Action, Bond, Scope, Seen, Tied, allow_attached};
use keystead_domain::event::EventName;
use keystead_domain::{At, Code, Kind, Problem, Refused, UserId};
use keystead_store::entities::{Event, Group, GroupOwner};
use keystead_store::groups::{self, Loaded};
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::{OnDuplicate, Tx};
use serde_json::json;

use super::{NOUN, seen};
use crate::herald::Payload;
use crate::{Cx, Result};

/// The owners of the group with this id, a page at a time.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the group, 403 by the access matrix.
pub async fn owners(
    cx: &Cx,
    id: &str,
    page: Page,
    direction: Direction,
) -> Result<Slice<GroupOwner>> {
    let group = cx.allow(Action::GroupOwners, seen(cx, id).await?)?.group;
    Ok(groups::list_owners(&cx.db, &cx.existing(), group.id, page, direction).await?)
}

/// One of the owners of the group with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the group or it has no such owner, 403 by the access matrix.
pub async fn owner(cx: &Cx, id: &str, owner: &str) -> Result<GroupOwner> {
    let group = cx.allow(Action::GroupOwners, seen(cx, id).await?)?.group;
    let found = groups::find_owner(&cx.db, &cx.scope(), group.id, owner).await?;
    Ok(cx.allow(Action::GroupOwners, found)?)
}

/// Makes users owners of a group, all or none.
///
/// # Errors
/// 403 by the access matrix or for a user in an environment that doesn't fit, 422 for the first
/// user that there is not or that is an owner already.
pub async fn attach(cx: &Cx, group: Seen<Loaded>, ids: &[UserId]) -> Result<Vec<GroupOwner>> {
    let group = cx.allow(Action::GroupOwnersAttach, group)?;
    let tie = group.tie();

    let tx = cx.begin().await?;
    let group = lock(cx, &tx, &group.group).await?;
    let wanted = groups::candidates(&tx, &Scope::system(cx.account()), ids).await?;
    let environments: Vec<_> = wanted.iter().map(|user| user.environment_id).collect();
    allow_attached(
        &cx.environment,
        Bond {
            parent: group.environment_id,
            children: &environments,
        },
    )?;
    let held = groups::of_users(&tx, group.id, ids).await?;
    let mut taken: BTreeSet<UserId> = held.into_iter().map(|held| held.user_id).collect();
    for id in ids {
        if wanted.iter().all(|user| user.id != *id) {
            return Err(Code::UserNotFound.at(at_user()).into());
        }
        if !taken.insert(*id) {
            return Err(Code::UserTaken.at(at_user()).into());
        }
    }
    let rows: Vec<_> = ids.iter().map(|id| row(cx, &group, *id)).collect();
    groups::attach(&tx, &rows)
        .await
        .on_duplicate(Code::UserTaken.at(at_user()))?;
    let attached = cx.event(EventName::GroupOwnersAttached.as_str(), NOUN, group.id.0);
    let payload = Payload::GroupOwners(&rows, tie);
    cx.tell(&tx, told(attached, ids), payload).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Takes the ownership of a group from users, from all or none.
///
/// # Errors
/// 403 by the access matrix or for an ownership in an environment that doesn't fit, 422 for the
/// first user that is no owner.
pub async fn detach(cx: &Cx, group: Seen<Loaded>, ids: &[UserId]) -> Result<()> {
    let group = cx.allow(Action::GroupOwnersDetach, group)?;
    let tie = group.tie();

    let tx = cx.begin().await?;
    let group = lock(cx, &tx, &group.group).await?;
    let held = groups::of_users(&tx, group.id, ids).await?;
    let environments: Vec<_> = held.iter().map(|held| held.environment_id).collect();
    allow_attached(
        &cx.environment,
        Bond {
            parent: group.environment_id,
            children: &environments,
        },
    )?;
    for (index, id) in ids.iter().enumerate() {
        if held.iter().all(|held| held.user_id != *id) {
            return Err(not_owned(index, *id).into());
        }
    }
    groups::detach(&tx, held.iter().map(|held| held.id).collect()).await?;
    let detached = cx.event(EventName::GroupOwnersDetached.as_str(), NOUN, group.id.0);
    let payload = Payload::GroupOwners(&held, tie);
    cx.tell(&tx, told(detached, ids), payload).await?;
    tx.commit().await?;
    Ok(())
}

/// The group's row, locked, so that its owners are changed one after the other.
async fn lock(cx: &Cx, tx: &Tx, group: &Group) -> Result<Group> {
    let locked = groups::lock(tx, &cx.existing(), group.id).await?;
    Ok(locked.ok_or_else(|| Refused::not_found("group", &group.id.to_string()))?)
}

fn row(cx: &Cx, group: &Group, user: UserId) -> GroupOwner {
    GroupOwner {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: cx.environment.id(),
        group_id: group.id,
        user_id: user,
        created_at: cx.now,
        updated_at: cx.now,
    }
}

fn at_user() -> At {
    At::Relationship("user".into())
}

fn not_owned(index: usize, id: UserId) -> Problem {
    let detail = format!("owner relationship for user '{id}' not found");
    Problem::new(Kind::UnprocessableEntity, detail).at(At::Path(format!("data/{index}")))
}

/// The event, with the users it is about.
fn told(event: Event, users: &[UserId]) -> Event {
    let users: Vec<_> = users.iter().map(ToString::to_string).collect();
    Event {
        metadata: Some(json!({ "users": users })),
        ..event
    }
}
