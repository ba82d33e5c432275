//! Lists policies.

use keystead_domain::access::Action;
use keystead_store::entities::Policy;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::policies::{self, Filter};

use crate::{Cx, Result};

/// The policies the bearer sees, a page at a time.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(
    cx: &Cx,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Policy>> {
    let scope = cx.allow_list(Action::PolicyList)?;
    Ok(policies::list(&cx.db, &scope, filter, page, direction).await?)
}
