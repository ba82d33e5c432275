//! Shows a package.

use keystead_domain::access::{Action, Scope};
use keystead_store::entities::Package;
use keystead_store::packages::{self, Filter};

use crate::{Cx, Result};

/// The package with this id or key.
///
/// # Errors
/// 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id_or_key: &str, filter: &Filter) -> Result<Package> {
    within(cx, &cx.scope(), id_or_key, filter).await
}

pub(crate) async fn within(
    cx: &Cx,
    scope: &Scope,
    id_or_key: &str,
    filter: &Filter,
) -> Result<Package> {
    let package = packages::find(&cx.db, scope, id_or_key, filter).await?;
    Ok(cx.allow(Action::PackageShow, package)?)
}
