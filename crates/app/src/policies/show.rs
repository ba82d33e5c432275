//! Shows a policy.

use keystead_domain::access::Action;
use keystead_store::entities::Policy;
use keystead_store::policies;

use crate::{Cx, Result};

/// The policy with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id: &str) -> Result<Policy> {
    cx.bearer()?;
    let policy = policies::find(&cx.db, &cx.scope(), id).await?;
    Ok(cx.allow(Action::PolicyShow, policy)?)
}
