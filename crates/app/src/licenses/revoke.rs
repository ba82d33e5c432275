//! Revokes a license: it is gone with all that belongs to it (licensing §6).

use keystead_domain::access::{Action, BearerId};
use keystead_domain::event::EventName;
use keystead_store::{licenses, tokens};

use super::show::find;
use crate::herald::Payload;
use crate::{Cx, Result};

/// Removes the license with this id or key, its machines, tokens and attachments. The one event
/// is that it was revoked.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn revoke(cx: &Cx, id_or_key: &str) -> Result<()> {
    let seen = find(cx, id_or_key).await?;
    let license = cx.allow(Action::LicenseRevoke, seen)?;
    let id = license.license.id;

    let tx = cx.begin().await?;
    let event = cx.event(EventName::LicenseRevoked.as_str(), "licenses", id.0);
    cx.tell(&tx, event, Payload::License(&license)).await?;
    tokens::delete_of(&tx, BearerId::License(id), None).await?;
    licenses::delete(&tx, id).await?;
    tx.commit().await?;
    Ok(())
}
