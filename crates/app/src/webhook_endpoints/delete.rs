//! Deletes a webhook endpoint.

use keystead_domain::access::Action;
use keystead_store::webhook_endpoints;

use crate::{Cx, Result};

/// Removes the endpoint with this id; what is on its way to it stops there, and can be looked at.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn delete(cx: &Cx, id: &str) -> Result<()> {
    cx.bearer()?;
    let endpoint = webhook_endpoints::find(&cx.db, &cx.scope(), id).await?;
    let id = cx.allow(Action::WebhookEndpointDelete, endpoint)?.id;

    let tx = cx.begin().await?;
    webhook_endpoints::delete(&tx, id).await?;
    tx.commit().await?;
    Ok(())
}
