//! Changes a group.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_domain::{GroupId, Refused};
use keystead_store::entities::Group;
use keystead_store::groups;
use serde_json::Value;

use super::{NOUN, existing, problems};
use crate::herald::Payload;
use crate::{Cx, Result};

/// What to change of a group: an absent attribute stays, and the inner none lifts a limit. A limit
/// below what the group holds keeps further members out and nobody else.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Its name.
    pub name: Option<String>,
    /// How many users may be in it.
    pub max_users: Option<Option<i64>>,
    /// How many licenses may be in it.
    pub max_licenses: Option<Option<i64>>,
    /// How many machines may be in it.
    pub max_machines: Option<Option<i64>>,
    /// Free data, replaced as a whole: an object with keys in snake case.
    pub metadata: Option<Value>,
}

/// A group that the bearer may change.
#[derive(Debug)]
pub struct Changeable(GroupId);

/// The group with this id, if the bearer may change it: asked before the body is read.
///
/// # Errors
/// 401, 404 when there is none, 403 by the access matrix.
pub async fn changeable(cx: &Cx, id: &str) -> Result<Changeable> {
    let group = existing(cx, id).await?;
    Ok(Changeable(cx.allow(Action::GroupUpdate, group)?.group.id))
}

/// Changes a group.
///
/// # Errors
/// 422 for the problems of what it would become, 404 when it is gone by now.
pub async fn update(cx: &Cx, group: Changeable, change: Change) -> Result<Group> {
    let tx = cx.begin().await?;
    let was = groups::lock(&tx, &cx.existing(), group.0).await?;
    let was = was.ok_or_else(|| Refused::not_found("group", &group.0.to_string()))?;
    let group = Group {
        name: change.name.unwrap_or(was.name),
        max_users: change.max_users.unwrap_or(was.max_users),
        max_licenses: change.max_licenses.unwrap_or(was.max_licenses),
        max_machines: change.max_machines.unwrap_or(was.max_machines),
        metadata: change.metadata.unwrap_or(was.metadata),
        updated_at: cx.now,
        ..was
    };
    problems(&group).into_result()?;
    let group = groups::update(&tx, group).await?;
    let event = cx.event(EventName::GroupUpdated.as_str(), NOUN, group.id.0);
    cx.tell(&tx, event, Payload::Group(&group)).await?;
    tx.commit().await?;
    Ok(group)
}
