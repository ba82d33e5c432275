//! Facets: the platforms, arches, channels and engines that releases are told apart by.

use keystead_domain::ProductId;
use keystead_domain::access::{Action, Scope};
use keystead_domain::words::FacetKind;
use keystead_store::entities::Facet;
use keystead_store::facets;
use keystead_store::page::{Direction, Page, Slice};

use crate::{Cx, Result};

/// What reading a kind of facet is called in the access matrix.
fn reading(kind: FacetKind) -> Action {
    match kind {
        FacetKind::Platform => Action::PlatformRead,
        FacetKind::Arch => Action::ArchRead,
        FacetKind::Channel => Action::ChannelRead,
        FacetKind::Engine => Action::EngineRead,
        // File types have no endpoint; they are read with the files that have them.
        FacetKind::Filetype => Action::ArtifactShow,
    }
}

/// The facets of a kind that the bearer, or a stranger, sees: a page at a time.
///
/// # Errors
/// 403 by the access matrix.
pub async fn list(
    cx: &Cx,
    kind: FacetKind,
    page: Page,
    direction: Direction,
) -> Result<Slice<Facet>> {
    let scope = cx.allow_list(reading(kind))?;
    within(cx, &scope, kind, None, page, direction).await
}

/// The facet of a kind with this id; engines have keys, too.
///
/// # Errors
/// 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, kind: FacetKind, name: &str) -> Result<Facet> {
    one(cx, &cx.scope(), kind, None, name).await
}

/// Those of a product, if one is given.
pub(crate) async fn within(
    cx: &Cx,
    scope: &Scope,
    kind: FacetKind,
    product: Option<ProductId>,
    page: Page,
    direction: Direction,
) -> Result<Slice<Facet>> {
    Ok(facets::list(&cx.db, scope, kind, product, page, direction).await?)
}

/// One of a product's, if one is given.
pub(crate) async fn one(
    cx: &Cx,
    scope: &Scope,
    kind: FacetKind,
    product: Option<ProductId>,
    name: &str,
) -> Result<Facet> {
    let facet = facets::find(&cx.db, scope, kind, product, name).await?;
    Ok(cx.allow(reading(kind), facet)?.facet)
}
