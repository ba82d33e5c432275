//! Shows a release.

use keystead_domain::access::Action;
use keystead_store::entities::Release;
use keystead_store::releases::{self, Filter};

use super::admit;
use crate::{Cx, Result};

/// The release with this id, version or tag; the oldest of several that the filter lets through.
///
/// # Errors
/// 404 when the bearer doesn't see it, 403 by the access matrix or when its licenses don't give it.
pub async fn show(cx: &Cx, name: &str, filter: &Filter) -> Result<Release> {
    find(cx, name, filter, Action::ReleaseShow).await
}

/// The same, to do something with it.
pub(crate) async fn find(cx: &Cx, name: &str, filter: &Filter, action: Action) -> Result<Release> {
    let release = releases::find(&cx.db, &cx.scope(), cx.now, name, filter).await?;
    let release = cx.allow(action, release)?;
    admit(cx, &[&release]).await?;
    Ok(release)
}
