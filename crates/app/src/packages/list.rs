//! Lists packages.

use keystead_domain::access::{Action, Scope};
use keystead_store::entities::Package;
use keystead_store::packages::{self, Filter};
use keystead_store::page::{Direction, Page, Slice};

use crate::{Cx, Result};

/// The packages that the bearer, or a stranger, sees: a page at a time.
///
/// # Errors
/// 403 by the access matrix.
pub async fn list(
    cx: &Cx,
    filter: Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Package>> {
    let scope = cx.allow_list(Action::PackageList)?;
    within(cx, &scope, &filter, page, direction).await
}

pub(crate) async fn within(
    cx: &Cx,
    scope: &Scope,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Package>> {
    let page = packages::list(&cx.db, scope, filter, page, direction).await?;
    cx.allow_each(Action::PackageShow, scope, page)
}
