//! Manifests: what processed files say of themselves. Who sees a file sees its manifest.

use keystead_domain::ArtifactId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::entities::Manifest;
use crate::entities::manifest::{Column, Entity};
use crate::{Result, Tx, noun};

/// Stores what a file says of itself.
///
/// # Errors
/// A duplicate when it says so already; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: Manifest) -> Result<Manifest> {
    noun::insert(tx, row).await
}

/// Forgets what a file said of itself before it was replaced. Uses `release_manifests_digest`.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &Tx, artifact: ArtifactId) -> Result<()> {
    Entity::delete_many()
        .filter(Column::ArtifactId.eq(artifact))
        .exec(tx)
        .await?;
    Ok(())
}
