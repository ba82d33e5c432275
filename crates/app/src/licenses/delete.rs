//! Deletes a license.

use keystead_domain::access::{Action, BearerId};
use keystead_domain::event::EventName;
use keystead_store::{licenses, tokens};

use super::show::find;
use crate::herald::Payload;
use crate::{Cx, Result};

/// Removes the license with this id or key, and its machines and tokens.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn delete(cx: &Cx, id_or_key: &str) -> Result<()> {
    let license = find(cx, id_or_key).await?;
    let license = cx.allow(Action::LicenseDelete, license)?;
    let id = license.license.id;

    let tx = cx.begin().await?;
    let event = cx.event(EventName::LicenseDeleted.as_str(), "licenses", id.0);
    cx.tell(&tx, event, Payload::License(&license)).await?;
    tokens::delete_of(&tx, BearerId::License(id), None).await?;
    licenses::delete(&tx, id).await?;
    tx.commit().await?;
    Ok(())
}
