//! Deletes a product.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::products;

use crate::herald::Payload;
use crate::{Cx, Result};

/// Removes the product with this id or code, and its policies, licenses, machines and tokens.
///
/// All of it goes in the one transaction of the request: a product with some hundred thousand
/// licenses takes longer than a request may. Then nothing is changed, and its policies have to be
/// deleted first.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn delete(cx: &Cx, id_or_code: &str) -> Result<()> {
    cx.bearer()?;
    let product = products::find(&cx.db, &cx.scope(), id_or_code).await?;
    let product = cx.allow(Action::ProductDelete, product)?;

    let tx = cx.begin().await?;
    let event = cx.event(EventName::ProductDeleted.as_str(), "products", product.id.0);
    cx.tell(&tx, event, Payload::Product(&product)).await?;
    products::delete(&tx, &product).await?;
    tx.commit().await?;
    Ok(())
}
