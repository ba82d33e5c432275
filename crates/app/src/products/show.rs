//! Shows a product.

use keystead_domain::access::Action;
use keystead_store::entities::Product;
use keystead_store::products;

use crate::{Cx, Result};

/// The product with this id or code.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id_or_code: &str) -> Result<Product> {
    cx.bearer()?;
    let product = products::find(&cx.db, &cx.scope(), id_or_code).await?;
    Ok(cx.allow(Action::ProductShow, product)?)
}
