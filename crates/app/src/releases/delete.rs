//! Deletes a release.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::releases::{self, Filter};

use super::NOUN;
use super::show::find;
use crate::herald::Payload;
use crate::{Cx, Result};

/// Removes the release with this id, version or tag, with its files and constraints.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn delete(cx: &Cx, name: &str) -> Result<()> {
    cx.bearer()?;
    let release = find(cx, name, &Filter::default(), Action::ReleaseDelete).await?;

    let tx = cx.begin().await?;
    let event = cx.event(EventName::ReleaseDeleted.as_str(), NOUN, release.id.0);
    cx.tell(&tx, event, Payload::Release(&release)).await?;
    releases::delete(&tx, &release).await?;
    tx.commit().await?;
    Ok(())
}
