//! Shows a pooled key.

use keystead_domain::access::Action;
use keystead_store::keys::{self, Pooled};

use crate::{Cx, Result};

/// The key with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id: &str) -> Result<Pooled> {
    cx.bearer()?;
    let key = keys::find(&cx.db, &cx.scope(), id).await?;
    Ok(cx.allow(Action::KeyShow, key)?)
}
