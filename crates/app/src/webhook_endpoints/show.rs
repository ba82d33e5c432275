//! Shows a webhook endpoint.

use keystead_domain::access::Action;
use keystead_store::entities::WebhookEndpoint;
use keystead_store::webhook_endpoints;

use crate::{Cx, Result};

/// The endpoint with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id: &str) -> Result<WebhookEndpoint> {
    cx.bearer()?;
    let endpoint = webhook_endpoints::find(&cx.db, &cx.scope(), id).await?;
    Ok(cx.allow(Action::WebhookEndpointShow, endpoint)?)
}
