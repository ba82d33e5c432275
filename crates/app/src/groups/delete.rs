//! Deletes a group.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::groups;

use super::{NOUN, existing};
use crate::herald::Payload;
use crate::{Cx, Result};

/// Removes the group with this id; its members stay, in no group.
///
/// # Errors
/// 401, 404 when there is none, 403 by the access matrix.
pub async fn delete(cx: &Cx, id: &str) -> Result<()> {
    let group = existing(cx, id).await?;
    let group = cx.allow(Action::GroupDelete, group)?.group;

    let tx = cx.begin().await?;
    let event = cx.event(EventName::GroupDeleted.as_str(), NOUN, group.id.0);
    cx.tell(&tx, event, Payload::Group(&group)).await?;
    groups::delete(&tx, group.id).await?;
    tx.commit().await?;
    Ok(())
}
