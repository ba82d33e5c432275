//! What pip and its kin are told (distribution reference §9.3).

use keystead_domain::Refused;
use keystead_domain::access::Action;
use keystead_domain::release::draft::package_key;
use keystead_domain::words::Engine;
use keystead_store::entities::{Artifact, Package};
use keystead_store::packages as stored;

use crate::{Cx, Result};

/// The packages that the bearer, or a stranger, sees.
///
/// # Errors
/// 403 by the access matrix.
pub async fn packages(cx: &Cx) -> Result<Vec<Package>> {
    super::packages(cx, Engine::Pypi).await
}

/// The package with this id or key, and its files, those of the highest version first; none when
/// nobody has such a package here.
///
/// Clients ask in lower case, whatever the key. What isn't found is asked of the public index, where
/// somebody else may have the name: so a package that is here is never said to be elsewhere, however
/// it is spelled and whoever asks.
///
/// # Errors
/// 401 when a stranger, 403 when somebody else may not have the package; also by the access matrix.
pub async fn files(cx: &Cx, id_or_key: &str) -> Result<Option<(Package, Vec<Artifact>)>> {
    let engine = Engine::Pypi;
    let id_or_key = &*package_key(id_or_key, Some(engine));
    let scope = cx.scope();
    let Some(package) = stored::spelled(&cx.db, &scope, engine, id_or_key).await? else {
        let there = stored::spelled(&cx.db, &cx.existing(), engine, id_or_key).await?;
        if there.is_none() {
            return Ok(None);
        }
        cx.bearer()?;
        return Err(Refused::forbidden("you do not have access to the package").into());
    };
    let package = cx.allow(Action::PackageShow, scope.seen(package))?;
    let files = super::files(cx, &package).await?;
    let files = files.into_iter().map(|loaded| loaded.artifact).collect();
    Ok(Some((package, files)))
}
