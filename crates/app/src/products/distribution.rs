//! What of a product's releases the bearer sees. Unlike the same lists above, strangers see
//! nothing here, whatever the product's strategy (distribution reference §0.5).

use keystead_domain::access::Action;
use keystead_domain::words::FacetKind;
use keystead_store::artifacts::{Filter as ArtifactFilter, Loaded};
use keystead_store::entities::{Facet, Package, Release};
use keystead_store::packages::Filter as PackageFilter;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::releases::Filter as ReleaseFilter;

use super::related::allowed;
use crate::{Cx, Result, artifacts, facets, packages, releases};

/// The releases of a product.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product, 403 by the access matrix or its licenses.
pub async fn releases(
    cx: &Cx,
    id_or_code: &str,
    filter: ReleaseFilter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Release>> {
    let (scope, product) = allowed(cx, id_or_code, Action::ProductReleases).await?;
    let filter = ReleaseFilter {
        product: Some(product.to_string()),
        ..filter
    };
    releases::list::within(cx, &scope, &filter, page, direction).await
}

/// One of a product's releases, by its id, version or tag.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product or the release is not its, 403 by the access
/// matrix or its licenses.
pub async fn release(cx: &Cx, id_or_code: &str, name: &str) -> Result<Release> {
    let (_, product) = allowed(cx, id_or_code, Action::ProductReleases).await?;
    let filter = ReleaseFilter {
        product: Some(product.to_string()),
        ..ReleaseFilter::default()
    };
    releases::show(cx, name, &filter).await
}

/// The files of a product's releases.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product, 403 by the access matrix or its licenses.
pub async fn artifacts(
    cx: &Cx,
    id_or_code: &str,
    filter: ArtifactFilter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    let (scope, product) = allowed(cx, id_or_code, Action::ProductArtifacts).await?;
    let filter = ArtifactFilter {
        product: Some(product.to_string()),
        ..filter
    };
    artifacts::list::within(cx, &scope, &filter, page, direction).await
}

/// One of the files of a product's releases, by its id or name.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product or the file is not its, 403 by the access
/// matrix or its licenses.
pub async fn artifact(cx: &Cx, id_or_code: &str, name: &str) -> Result<Loaded> {
    let (scope, product) = allowed(cx, id_or_code, Action::ProductArtifacts).await?;
    let filter = ArtifactFilter {
        product: Some(product.to_string()),
        ..ArtifactFilter::default()
    };
    artifacts::show::within(cx, &scope, name, &filter).await
}

/// The packages of a product.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product, 403 by the access matrix.
pub async fn packages(
    cx: &Cx,
    id_or_code: &str,
    filter: PackageFilter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Package>> {
    let (scope, product) = allowed(cx, id_or_code, Action::ProductPackages).await?;
    let filter = PackageFilter {
        product: Some(product.to_string()),
        ..filter
    };
    packages::list::within(cx, &scope, &filter, page, direction).await
}

/// One of a product's packages, by its id or key.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product or the package is not its, 403 by the access
/// matrix.
pub async fn package(cx: &Cx, id_or_code: &str, id_or_key: &str) -> Result<Package> {
    let (scope, product) = allowed(cx, id_or_code, Action::ProductPackages).await?;
    let filter = PackageFilter {
        product: Some(product.to_string()),
        ..PackageFilter::default()
    };
    packages::show::within(cx, &scope, id_or_key, &filter).await
}

/// The facets of a kind that a product's releases have.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product, 403 by the access matrix.
pub async fn facets(
    cx: &Cx,
    id_or_code: &str,
    kind: FacetKind,
    page: Page,
    direction: Direction,
) -> Result<Slice<Facet>> {
    let (scope, product) = allowed(cx, id_or_code, reading(kind)).await?;
    facets::within(cx, &scope, kind, Some(product), page, direction).await
}

/// One of the facets of a kind that a product's releases have.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product or its releases have no such facet, 403 by the
/// access matrix.
pub async fn facet(cx: &Cx, id_or_code: &str, kind: FacetKind, name: &str) -> Result<Facet> {
    let (scope, product) = allowed(cx, id_or_code, reading(kind)).await?;
    facets::one(cx, &scope, kind, Some(product), name).await
}

/// What reading a product's facets of a kind is called in the access matrix.
fn reading(kind: FacetKind) -> Action {
    match kind {
        FacetKind::Platform => Action::ProductPlatforms,
        FacetKind::Arch => Action::ProductArches,
        FacetKind::Channel => Action::ProductChannels,
        FacetKind::Engine => Action::ProductEngines,
        FacetKind::Filetype => Action::ProductArtifacts,
    }
}
