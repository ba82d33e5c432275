//! Removes a process, which ended.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::processes;

use super::show::find;
use super::{NOUN, View};
use crate::herald::Payload;
use crate::{Cx, Result};

/// Removes the process with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn delete(cx: &Cx, id: &str) -> Result<()> {
    let process = find(cx, id).await?;
    let process = View::of(cx, cx.allow(Action::ProcessDelete, process)?);
    let id = process.loaded.process.id;

    let tx = cx.begin().await?;
    let event = cx.event(EventName::ProcessDeleted.as_str(), NOUN, id.0);
    cx.tell(&tx, event, Payload::Process(&process)).await?;
    processes::delete(&tx, id).await?;
    tx.commit().await?;
    Ok(())
}
