//! Moves a user to another group, or out of its group.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_domain::{GroupId, UserId};
use keystead_store::entities::User;
use keystead_store::users;

use super::create::take_place_in_group;
use super::{Person, person_in};
use crate::herald::Payload;
use crate::{Cx, Result};

/// A user whose group the bearer may change.
#[derive(Debug)]
pub struct Movable(UserId);

/// The user with this id or address, if the bearer may move it: asked before the body is read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn movable(cx: &Cx, id_or_email: &str) -> Result<Movable> {
    cx.bearer()?;
    let user = users::find(&cx.db, &cx.scope(), id_or_email).await?;
    Ok(Movable(cx.allow(Action::UserGroupUpdate, user)?.id))
}

/// Puts the user in this group, or in none.
///
/// # Errors
/// 422 when there is no such group or it is full, 404 when the user is gone by now.
pub async fn regroup(cx: &Cx, user: Movable, group: Option<GroupId>) -> Result<Person> {
    let scope = cx.scope();
    let tx = cx.begin().await?;
    let user = users::lock(&tx, &scope, user.0).await?;
    let user = cx.allow(Action::UserGroupUpdate, scope.seen(user))?;
    if group != user.group_id {
        take_place_in_group(cx, &tx, group).await?;
    }
    let user = User {
        group_id: group,
        updated_at: cx.now,
        ..user
    };
    let user = users::update(&tx, user).await?;
    let person = person_in(cx, &tx, user).await?;
    let name = EventName::UserGroupUpdated.as_str();
    let event = cx.event(name, "users", person.user.id.0);
    cx.tell(&tx, event, Payload::User(&person)).await?;
    tx.commit().await?;
    Ok(person)
}
