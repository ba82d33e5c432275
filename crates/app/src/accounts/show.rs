//! Shows the account.

use keystead_domain::access::Action;
use keystead_store::entities::Account;

use crate::{Cx, Result};

/// The account of the request.
///
/// # Errors
/// 401, 403 by the access matrix.
pub fn show(cx: &Cx) -> Result<Account> {
    cx.bearer()?;
    Ok(cx.allow(
        Action::AccountShow,
        cx.scope().seen(cx.tenant.account.clone()),
    )?)
}
