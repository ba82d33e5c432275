//! Shows a token.

use keystead_domain::access::Action;
use keystead_store::tokens::{self, Issued};

use crate::{Cx, Result};

/// The token with this id; never its secret.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id: &str) -> Result<Issued> {
    cx.bearer()?;
    let token = tokens::find(&cx.db, &cx.scope(), id).await?;
    Ok(cx.allow(Action::TokenShow, token)?)
}
