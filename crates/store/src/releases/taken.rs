//! What of a release another one has already.

use keystead_domain::access::Scope;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Select};

use crate::entities::Release;
use crate::entities::release::{Column, Entity};
use crate::{Result, Tx};

/// What another release of the same product and package has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The same version.
    pub version: bool,
    /// The same tag, where there is one.
    pub tag: bool,
}

/// What another release of the same product, in the same package or like this one in none, has
/// already. Uses `releases_by_product` or `releases_by_package`.
///
/// # Errors
/// When the database fails.
pub async fn taken(tx: &Tx, scope: &Scope, release: &Release) -> Result<Taken> {
    let others = Entity::find()
        .filter(Column::AccountId.eq(scope.account()))
        .filter(Column::ProductId.eq(release.product_id))
        .filter(match release.package_id {
            Some(package) => Column::PackageId.eq(package),
            None => Column::PackageId.is_null(),
        })
        .filter(Column::Id.ne(release.id));
    let tag = match release.tag.as_deref() {
        Some(tag) if !tag.trim().is_empty() => {
            any(tx, others.clone().filter(Column::Tag.eq(tag))).await?
        }
        _ => false,
    };
    let version = others.filter(Column::Version.eq(&release.version));
    Ok(Taken {
        version: any(tx, version).await?,
        tag,
    })
}

async fn any(tx: &Tx, select: Select<Entity>) -> Result<bool> {
    Ok(select.count(tx).await? > 0)
}
