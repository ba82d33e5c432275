//! Lists products.

use keystead_domain::access::Action;
use keystead_store::entities::Product;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::products;

use crate::{Cx, Result};

/// The products the bearer sees, a page at a time.
///
/// # Errors
/// 401 and 403 by the access matrix; also for a user who holds a license of a closed product,
/// which is refused the whole list (licensing §1.3).
pub async fn list(cx: &Cx, page: Page, direction: Direction) -> Result<Slice<Product>> {
    let scope = cx.allow_list(Action::ProductList)?;
    let page = products::list(&cx.db, &scope, page, direction).await?;
    cx.allow_each(Action::ProductShow, &scope, page)
}
