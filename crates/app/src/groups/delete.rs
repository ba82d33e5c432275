//! Deletes a group.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::{events, groups};

use super::{NOUN, existing};
use crate::{Cx, Result};

/// Removes the group with this id; its members stay, in no group.
///
/// # Errors
/// 401, 404 when there is none, 403 by the access matrix.
pub async fn delete(cx: &Cx, id: &str) -> Result<()> {
    let group = existing(cx, id).await?;
    let id = cx.allow(Action::GroupDelete, group)?.group.id;

    let tx = cx.begin().await?;
    let deleted = EventName::GroupDeleted.as_str();
    events::record(&tx, cx.event(deleted, NOUN, id.0)).await?;
    groups::delete(&tx, id).await?;
    tx.commit().await?;
    Ok(())
}
