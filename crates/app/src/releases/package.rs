//! Puts a release into another package, or into none (distribution reference §1.7).

use keystead_domain::access::{Action, BearerId, Scope};
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::{PackageId, Refused};
use keystead_store::entities::Package;
use keystead_store::releases::Filter;
use keystead_store::{packages, products, releases};

use super::create::judge_package;
use super::show::find;
use super::{NOUN, refuse_taken};
use crate::herald::Payload;
use crate::{Cx, Result};

/// A release that the bearer may put elsewhere.
#[derive(Debug)]
pub struct Movable(keystead_domain::ReleaseId);

/// The release with this id, version or tag, if the bearer may put it elsewhere: asked before the
/// body is read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn movable(cx: &Cx, name: &str) -> Result<Movable> {
    cx.bearer()?;
    let action = Action::ReleasePackageUpdate;
    let release = find(cx, name, &Filter::default(), action).await?;
    Ok(Movable(release.id))
}

/// Puts a release into a package. One that isn't there is none.
///
/// # Errors
/// 403 when a product takes a release out of its package, 422 for another product's package, or
/// when version or tag are taken there.
pub async fn repackage(
    cx: &Cx,
    release: Movable,
    package: Option<PackageId>,
) -> Result<Option<Package>> {
    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    let found = match package {
        Some(id) => packages::by_id(&tx, &cx.existing(), id).await?,
        None => None,
    };
    let product = match cx.bearer()?.id {
        BearerId::Product(id) => Some(id),
        _ => None,
    };
    if product.is_some() && found.as_ref().map(|package| package.product_id) != product {
        return Err(Refused::forbidden(
            "ensure the token or license is allowed to access all resources",
        )
        .into());
    }
    let mut row = releases::lock(&tx, &scope, release.0).await?;
    let mut problems = Problems::none();
    if let Some(package) = &found {
        judge_package(cx, &tx, package.id, row.product_id, &mut problems).await?;
    }
    problems.into_result()?;
    row.package_id = found.as_ref().map(|package| package.id);
    row.updated_at = cx.now;
    products::lock(&tx, &scope, row.product_id).await?;
    refuse_taken(cx, &tx, &row, true).await?;
    let row = releases::update(&tx, row).await?;
    let name = EventName::ReleasePackageUpdated.as_str();
    let event = cx.event(name, NOUN, row.id.0);
    cx.tell(&tx, event, Payload::Release(&row)).await?;
    tx.commit().await?;
    Ok(found)
}
