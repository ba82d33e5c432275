//! How releases are written.

use sea_orm::EntityTrait;

use crate::entities::Release;
use crate::entities::release::Entity;
use crate::{Result, Tx, noun};

/// Stores a new release.
///
/// # Errors
/// A duplicate when the version or the tag is taken; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: Release) -> Result<Release> {
    noun::insert(tx, row).await
}

/// Writes every attribute of a release that [`lock`](super::lock) holds.
///
/// # Errors
/// A duplicate when the version or the tag is taken; otherwise when the database fails.
pub async fn update(tx: &Tx, row: Release) -> Result<Release> {
    noun::update(tx, row).await
}

/// Removes a release, with its artifacts and constraints.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, release: &Release) -> Result<()> {
    Entity::delete_by_id(release.id).exec(tx).await?;
    Ok(())
}
