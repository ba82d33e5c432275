//! Shows a license.

use keystead_domain::access::{Action, Seen};
use keystead_signing::digest::sha256;
use keystead_store::licenses::{self, Loaded};

use crate::{Cx, Result};

/// The license with this id or exact key.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id_or_key: &str) -> Result<Loaded> {
    let license = find(cx, id_or_key).await?;
    Ok(cx.allow(Action::LicenseShow, license)?)
}

/// The license with this id or exact key, as the bearer sees it.
pub(crate) async fn find(cx: &Cx, id_or_key: &str) -> Result<Seen<Loaded>> {
    cx.bearer()?;
    let digest = sha256(id_or_key.as_bytes());
    Ok(licenses::find(&cx.db, &cx.scope(), id_or_key, digest).await?)
}
