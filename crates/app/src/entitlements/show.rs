//! Shows an entitlement.

use keystead_domain::access::Action;
use keystead_store::entities::Entitlement;
use keystead_store::entitlements;

use crate::{Cx, Result};

/// The entitlement with this id or code.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id_or_code: &str) -> Result<Entitlement> {
    cx.bearer()?;
    let entitlement = entitlements::find(&cx.db, &cx.scope(), id_or_code).await?;
    Ok(cx.allow(Action::EntitlementShow, entitlement)?)
}
