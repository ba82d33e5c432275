//! Deletes a product.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::{events, products};

use crate::{Cx, Result};

/// Removes the product with this id or code, and its policies, licenses and machines.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn delete(cx: &Cx, id_or_code: &str) -> Result<()> {
    cx.bearer()?;
    let product = products::find(&cx.db, &cx.scope(), id_or_code).await?;
    let product = cx.allow(Action::ProductDelete, product)?;

    let tx = cx.begin().await?;
    events::record(&tx, cx.event(EventName::ProductDeleted, "products", product.id.0)).await?;
    products::delete(&tx, product.id).await?;
    tx.commit().await?;
    Ok(())
}
