//! Lists pooled keys.

use keystead_domain::access::Action;
use keystead_store::keys::{self, Filter, Pooled};
use keystead_store::page::{Direction, Page, Slice};

use crate::{Cx, Result};

/// The keys the bearer sees, a page at a time.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(
    cx: &Cx,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Pooled>> {
    let scope = cx.allow_list(Action::KeyList)?;
    Ok(keys::list(&cx.db, &scope, filter, page, direction).await?)
}
