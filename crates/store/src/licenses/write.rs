//! How licenses are written.

use keystead_domain::LicenseId;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::entities::License;
use crate::entities::license::{Column, Entity};
use crate::{Result, Tx};

/// Stores a new license.
///
/// # Errors
/// A duplicate when the key or the id is taken; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: License) -> Result<License> {
    Ok(Entity::insert(row.into_active_model())
        .exec_with_returning(tx)
        .await?)
}

/// Writes every attribute of a license that [`super::lock`] holds: no tally can be lost.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &Tx, row: License) -> Result<License> {
    Ok(row.into_active_model().reset_all().update(tx).await?)
}

/// Removes a license and all that belongs to it.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, id: LicenseId) -> Result<()> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// Stores another form of the same key.
///
/// # Errors
/// When the database fails.
pub async fn rekey(tx: &Tx, id: LicenseId, key: String, digest: [u8; 32]) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Key, Expr::value(key))
        .col_expr(Column::KeyDigest, Expr::value(digest.to_vec()))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}
