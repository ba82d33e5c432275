//! Lists webhook endpoints.

use keystead_domain::access::Action;
use keystead_store::entities::WebhookEndpoint;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::webhook_endpoints;

use crate::{Cx, Result};

/// The endpoints the bearer sees, a page at a time.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(cx: &Cx, page: Page, direction: Direction) -> Result<Slice<WebhookEndpoint>> {
    let scope = cx.allow_list(Action::WebhookEndpointList)?;
    Ok(webhook_endpoints::list(&cx.db, &scope, page, direction).await?)
}
