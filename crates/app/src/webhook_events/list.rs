//! Lists webhook events.

use keystead_domain::access::Action;
use keystead_store::entities::WebhookEvent;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::webhook_events;

use crate::{Cx, Result};

/// The events the bearer sees, of these names if any are given, a page at a time.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(
    cx: &Cx,
    names: &[String],
    page: Page,
    direction: Direction,
) -> Result<Slice<WebhookEvent>> {
    let scope = cx.allow_list(Action::WebhookEventList)?;
    Ok(webhook_events::list(&cx.db, &scope, names, page, direction).await?)
}
