//! Lists environments.

use keystead_domain::access::Action;
use keystead_store::entities::Environment;
use keystead_store::environments;
use keystead_store::page::{Direction, Page, Slice};

use crate::{Cx, Result};

/// The account's environments, a page at a time.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(cx: &Cx, page: Page, direction: Direction) -> Result<Slice<Environment>> {
    let scope = cx.allow_list(Action::EnvironmentList)?;
    Ok(environments::list(&cx.db, &scope, page, direction).await?)
}
