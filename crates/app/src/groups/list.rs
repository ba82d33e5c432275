//! Lists groups.

use keystead_domain::access::Action;
use keystead_store::entities::Group;
use keystead_store::groups;
use keystead_store::page::{Direction, Page, Slice};

use crate::{Cx, Result};

/// The groups the bearer sees, a page at a time.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(cx: &Cx, page: Page, direction: Direction) -> Result<Slice<Group>> {
    let scope = cx.allow_list(Action::GroupList)?;
    Ok(groups::list(&cx.db, &scope, page, direction).await?)
}
