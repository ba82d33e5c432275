//! Lists entitlements.

use keystead_domain::access::Action;
use keystead_store::entities::Entitlement;
use keystead_store::entitlements;
use keystead_store::page::{Direction, Page, Slice};

use crate::{Cx, Result};

/// The entitlements the bearer sees, a page at a time.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(cx: &Cx, page: Page, direction: Direction) -> Result<Slice<Entitlement>> {
    let scope = cx.allow_list(Action::EntitlementList)?;
    Ok(entitlements::list(&cx.db, &scope, page, direction).await?)
}
