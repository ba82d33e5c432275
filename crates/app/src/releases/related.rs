//! Shows what a release is related to.

use keystead_domain::Refused;
use keystead_domain::access::Action;
use keystead_store::entities::{Constraint, Entitlement, Package, Product, Release};
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::releases::Filter;
use keystead_store::{constraints, entitlements, packages, products};

use super::show::find;
use crate::{Cx, Result};

/// The product of a release.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the release, 403 by the access matrix or its licenses.
pub async fn product(cx: &Cx, name: &str) -> Result<Product> {
    let release = authenticated(cx, name, Action::ReleaseProduct).await?;
    let product = products::by_id(&cx.db, &cx.existing(), release.product_id).await?;
    Ok(product.ok_or_else(|| Refused::missing("product"))?)
}

/// The package of a release, if it is in one.
///
/// # Errors
/// 404 when the bearer doesn't see the release, 403 by the access matrix or its licenses.
pub async fn package(cx: &Cx, name: &str) -> Result<Option<Package>> {
    let release = find(cx, name, &Filter::default(), Action::ReleasePackage).await?;
    match release.package_id {
        Some(id) => Ok(packages::by_id(&cx.db, &cx.existing(), id).await?),
        None => Ok(None),
    }
}

/// The entitlements that a release asks for, whether the bearer has them or not.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the release, 403 by the access matrix or its licenses.
pub async fn entitlements(
    cx: &Cx,
    name: &str,
    page: Page,
    direction: Direction,
) -> Result<Slice<Entitlement>> {
    let release = authenticated(cx, name, Action::ReleaseEntitlements).await?;
    let scope = cx.scope();
    Ok(entitlements::list_of_release(&cx.db, &scope, release.id, page, direction).await?)
}

/// One of the entitlements that a release asks for.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the release or it doesn't ask for this one, 403 by the
/// access matrix or its licenses.
pub async fn entitlement(cx: &Cx, name: &str, id: &str) -> Result<Entitlement> {
    let release = authenticated(cx, name, Action::ReleaseEntitlements).await?;
    let found = entitlements::find_of_release(&cx.db, &cx.scope(), release.id, id).await?;
    Ok(cx.allow(Action::EntitlementShow, found)?)
}

/// The constraints of a release.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the release, 403 by the access matrix or its licenses.
pub async fn constraints(
    cx: &Cx,
    name: &str,
    page: Page,
    direction: Direction,
) -> Result<Slice<Constraint>> {
    let release = authenticated(cx, name, Action::ReleaseConstraints).await?;
    Ok(constraints::list(&cx.db, &cx.scope(), release.id, page, direction).await?)
}

/// One of the constraints of a release.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the release or the constraint is not its, 403 by the access
/// matrix or its licenses.
pub async fn constraint(cx: &Cx, name: &str, id: &str) -> Result<Constraint> {
    let release = authenticated(cx, name, Action::ReleaseConstraints).await?;
    Ok(constraints::find(&cx.db, &cx.scope(), release.id, id).await?)
}

async fn authenticated(cx: &Cx, name: &str, action: Action) -> Result<Release> {
    cx.bearer()?;
    find(cx, name, &Filter::default(), action).await
}
