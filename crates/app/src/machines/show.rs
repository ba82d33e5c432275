//! Shows a machine.

use keystead_domain::access::{Action, Seen};
use keystead_signing::digest::sha256;
use keystead_store::machines::{self, Loaded};

use super::View;
use crate::{Cx, Result};

/// The machine with this id or fingerprint.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id_or_fingerprint: &str) -> Result<View> {
    let machine = find(cx, id_or_fingerprint).await?;
    Ok(View::of(cx, cx.allow(Action::MachineShow, machine)?))
}

/// The machine with this id or fingerprint, as the bearer sees it.
pub(crate) async fn find(cx: &Cx, id_or_fingerprint: &str) -> Result<Seen<Loaded>> {
    cx.bearer()?;
    let digest = sha256(id_or_fingerprint.as_bytes());
    Ok(machines::find(&cx.db, &cx.scope(), id_or_fingerprint, digest).await?)
}
