//! Deletes a package.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::packages::{self, Filter};

use super::NOUN;
use crate::herald::Payload;
use crate::{Cx, Result};

/// Removes the package with this id or key, and its releases.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn delete(cx: &Cx, id_or_key: &str) -> Result<()> {
    cx.bearer()?;
    let package = packages::find(&cx.db, &cx.scope(), id_or_key, &Filter::default()).await?;
    let package = cx.allow(Action::PackageDelete, package)?;

    let tx = cx.begin().await?;
    let event = cx.event(EventName::PackageDeleted.as_str(), NOUN, package.id.0);
    cx.tell(&tx, event, Payload::Package(&package)).await?;
    packages::delete(&tx, package.id).await?;
    tx.commit().await?;
    Ok(())
}
