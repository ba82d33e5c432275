//! Deletes a webhook event.

use keystead_domain::access::Action;
use keystead_store::webhook_events;

use crate::{Cx, Result};

/// Removes the event with this id; if it is on its way, it is not tried again.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn delete(cx: &Cx, id: &str) -> Result<()> {
    cx.bearer()?;
    let event = webhook_events::find(&cx.db, &cx.scope(), id).await?;
    let id = cx.allow(Action::WebhookEventDelete, event)?.event.id;

    let tx = cx.begin().await?;
    webhook_events::delete(&tx, id).await?;
    tx.commit().await?;
    Ok(())
}
