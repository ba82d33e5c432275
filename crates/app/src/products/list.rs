//! Lists products.

use keystead_domain::access::Action;
use keystead_store::entities::Product;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::products;

use crate::{Cx, Result};

/// The products the bearer sees, a page at a time.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(cx: &Cx, page: Page, direction: Direction) -> Result<Slice<Product>> {
    let scope = cx.allow_list(Action::ProductList)?;
    Ok(products::list(&cx.db, &scope, page, direction).await?)
}
