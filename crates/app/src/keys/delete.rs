//! Deletes a key from its pool.

use keystead_domain::Refused;
use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::keys;

use super::NOUN;
use crate::herald::Payload;
use crate::{Cx, Result};

/// Removes the key with this id; no license will take it.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it or somebody was quicker, 403 by the access matrix.
pub async fn delete(cx: &Cx, id: &str) -> Result<()> {
    cx.bearer()?;
    let key = keys::find(&cx.db, &cx.scope(), id).await?;
    let key = cx.allow(Action::KeyDelete, key)?;

    let tx = cx.begin().await?;
    let deleted = EventName::KeyDeleted.as_str();
    let event = cx.event(deleted, NOUN, key.key.id.0);
    cx.tell(&tx, event, Payload::Key(&key)).await?;
    if !keys::delete(&tx, key.key.id).await? {
        return Err(Refused::not_found("key", id).into());
    }
    tx.commit().await?;
    Ok(())
}
