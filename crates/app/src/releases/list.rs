//! Lists releases.

use keystead_domain::access::{Action, Scope};
use keystead_store::entities::Release;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::releases::{self, Filter};

use super::admit;
use crate::{Cx, Result};

/// The releases that the bearer, or a stranger, sees: a page at a time.
///
/// # Errors
/// 403 by the access matrix; also when one of them is refused to the bearer, whose license is
/// suspended (distribution §6.3).
pub async fn list(
    cx: &Cx,
    filter: Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Release>> {
    let scope = cx.allow_list(Action::ReleaseList)?;
    within(cx, &scope, &filter, page, direction).await
}

pub(crate) async fn within(
    cx: &Cx,
    scope: &Scope,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Release>> {
    let page = releases::list(&cx.db, scope, cx.now, filter, page, direction).await?;
    let page = cx.allow_each(Action::ReleaseShow, scope, page)?;
    admit(cx, &page.rows.iter().collect::<Vec<_>>()).await?;
    Ok(page)
}
