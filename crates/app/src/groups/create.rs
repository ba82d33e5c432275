//! Creates a group.

use keystead_domain::EnvironmentId;
use keystead_domain::access::{Action, Tie};
use keystead_domain::event::EventName;
use keystead_store::entities::Group;
use keystead_store::groups;
use serde_json::{Value, json};

use super::{NOUN, problems};
use crate::herald::Payload;
use crate::{Cx, Result};

/// A group to be made.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// How many users may be in it; any number when none.
    pub max_users: Option<i64>,
    /// How many licenses may be in it; any number when none.
    pub max_licenses: Option<i64>,
    /// How many machines may be in it; any number when none.
    pub max_machines: Option<i64>,
    /// Free data: an object with keys in snake case.
    pub metadata: Option<Value>,
    /// Its environment: unsaid, global, or this one.
    pub environment: Option<Option<EnvironmentId>>,
}

/// Creates a group.
///
/// # Errors
/// 401, 403 by the access matrix, and 422 for the draft's problems.
pub async fn create(cx: &Cx, draft: Draft) -> Result<Group> {
    cx.bearer()?;
    let environment = draft.environment.unwrap_or(cx.environment.id());
    let tie = Tie {
        environment,
        ..Tie::default()
    };
    cx.allow_create(Action::GroupCreate, &tie)?;

    let group = Group {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: environment,
        name: draft.name,
        max_users: draft.max_users,
        max_licenses: draft.max_licenses,
        max_machines: draft.max_machines,
        metadata: draft.metadata.unwrap_or_else(|| json!({})),
        created_at: cx.now,
        updated_at: cx.now,
    };
    problems(&group).into_result()?;

    let tx = cx.begin().await?;
    let group = groups::insert(&tx, group).await?;
    let event = cx.event(EventName::GroupCreated.as_str(), NOUN, group.id.0);
    cx.tell(&tx, event, Payload::Group(&group)).await?;
    tx.commit().await?;
    Ok(group)
}
