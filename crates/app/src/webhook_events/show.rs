//! Shows a webhook event.

use keystead_domain::access::Action;
use keystead_store::entities::WebhookEvent;
use keystead_store::webhook_events;

use crate::{Cx, Result};

/// The event with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id: &str) -> Result<WebhookEvent> {
    cx.bearer()?;
    let event = webhook_events::find(&cx.db, &cx.scope(), id).await?;
    Ok(cx.allow(Action::WebhookEventShow, event)?.event)
}
