//! Doesn't delete the account: nobody may, over the wire.

use keystead_domain::access::Action;

use crate::{Cx, Result};

/// Refuses everybody: an account goes by the hand of whoever runs the server.
///
/// # Errors
/// 401, else 403 by the access matrix.
pub fn delete(cx: &Cx) -> Result<()> {
    cx.bearer()?;
    let account = cx.scope().seen(cx.tenant.account.clone());
    cx.allow(Action::AccountDelete, account)?;
    Ok(())
}
