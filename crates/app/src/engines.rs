//! Engines: packages, served to the clients that install them (distribution reference §9).

pub mod npm;
pub mod pypi;
pub mod raw;
pub mod rubygems;
pub mod tauri;

use keystead_domain::access::Action;
use keystead_domain::words::Engine;
use keystead_store::artifacts::{self, Filter, Loaded};
use keystead_store::entities::Package;
use keystead_store::packages;
use keystead_store::page::Slice;
use keystead_store::releases::Named;

use crate::releases::admit;
use crate::{Cx, Result};

/// Packages that a list tells of, at most. Clients know no pages, and find the others by name.
const MAX_PACKAGES: u64 = 5_000;

/// Files that a package's list tells of, at most: those of the highest versions. Clients know no
/// pages.
const MAX_FILES: u64 = 5_000;

/// The package of an engine with this id or key.
///
/// # Errors
/// 404 when the bearer doesn't see it, or it is another engine's; 403 by the access matrix.
pub(crate) async fn package(cx: &Cx, engine: Engine, id_or_key: &str) -> Result<Package> {
    let filter = packages::Filter {
        engine: Some(Named::Is(engine.as_str().to_owned())),
        ..packages::Filter::default()
    };
    crate::packages::show(cx, id_or_key, &filter).await
}

/// The packages of an engine that the bearer, or a stranger, sees, by their keys.
///
/// # Errors
/// 403 by the access matrix.
pub(crate) async fn packages(cx: &Cx, engine: Engine) -> Result<Vec<Package>> {
    let scope = cx.allow_list(Action::PackageList)?;
    let rows = packages::of_engine(&cx.db, &scope, engine, MAX_PACKAGES).await?;
    let page = Slice {
        rows,
        total: None,
        more: false,
    };
    Ok(cx.allow_each(Action::PackageShow, &scope, page)?.rows)
}

/// The files of a package that the bearer, or a stranger, sees: those of the highest version first.
///
/// # Errors
/// 403 by the access matrix; also when one of them is refused to the bearer, whose license is
/// suspended (distribution §6.3).
pub(crate) async fn files(cx: &Cx, package: &Package) -> Result<Vec<Loaded>> {
    let filter = Filter {
        package: Some(Named::Is(package.id.to_string())),
        ..Filter::default()
    };
    matching(cx, &filter).await
}

/// The files that the bearer, or a stranger, sees and a filter lets through: those of the highest
/// version first.
///
/// # Errors
/// As of [`files`].
pub(crate) async fn matching(cx: &Cx, filter: &Filter) -> Result<Vec<Loaded>> {
    let scope = cx.allow_list(Action::ArtifactList)?;
    let rows = artifacts::ranked(&cx.db, &scope, cx.now, filter, MAX_FILES).await?;
    let page = Slice {
        rows,
        total: None,
        more: false,
    };
    let page = cx.allow_each(Action::ArtifactShow, &scope, page)?;
    let mut releases: Vec<_> = page.rows.iter().map(|loaded| &loaded.release).collect();
    releases.dedup_by_key(|release| release.id);
    admit(cx, &releases).await?;
    Ok(page.rows)
}
