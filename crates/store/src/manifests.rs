//! Manifests: what processed files say of themselves. Who sees a file sees its manifest.

use keystead_domain::access::Scope;
use keystead_domain::{ArtifactId, PackageId};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
};
use serde_json::Value as Json;

use crate::entities::manifest::{Column, Entity};
use crate::entities::{Manifest, artifact, release};
use crate::{Result, Tx, noun};

/// Manifests whose facts are read in one statement, each of them 64 KiB at most.
const CHUNK: usize = 256;

/// The bytes of facts that are read for one answer, at most, give or take a statement's.
const MAX_FACTS: usize = 32 * 1024 * 1024;

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

/// How long the manifests of these files are, in bytes; nothing of files that have none. Uses
/// `release_manifests_digest`.
///
/// # Errors
/// When the database fails.
pub async fn lengths<C: ConnectionTrait>(
    connection: &C,
    artifacts: &[ArtifactId],
) -> Result<Vec<(ArtifactId, i64)>> {
    Ok(Entity::find()
        .select_only()
        .columns([Column::ArtifactId, Column::ContentLength])
        .filter(Column::ArtifactId.is_in(artifacts.iter().copied()))
        .into_tuple()
        .all(connection)
        .await?)
}

/// The manifests of these files as a whole: the caller knows how long they are. Uses
/// `release_manifests_digest`.
///
/// # Errors
/// When the database fails.
pub async fn contents<C: ConnectionTrait>(
    connection: &C,
    artifacts: &[ArtifactId],
) -> Result<Vec<(ArtifactId, Vec<u8>)>> {
    Ok(Entity::find()
        .select_only()
        .columns([Column::ArtifactId, Column::Content])
        .filter(Column::ArtifactId.is_in(artifacts.iter().copied()))
        .into_tuple()
        .all(connection)
        .await?)
}

/// What indexes tell of these files: of the first of them, where all are too much. A statement for
/// some hundreds of them. Uses `release_manifests_digest`.
///
/// # Errors
/// When the database fails.
pub async fn facts<C: ConnectionTrait>(
    connection: &C,
    artifacts: &[ArtifactId],
) -> Result<Vec<(ArtifactId, Json)>> {
    #[derive(FromQueryResult)]
    struct Row {
        artifact_id: ArtifactId,
        facts: Option<String>,
    }

    let (mut all, mut read) = (Vec::new(), 0);
    for chunk in artifacts.chunks(CHUNK) {
        if read > MAX_FACTS {
            tracing::warn!(
                files = artifacts.len(),
                "an index is too long to be told as a whole"
            );
            break;
        }
        let rows = Entity::find()
            .select_only()
            .column(Column::ArtifactId)
            .column_as(Expr::col(Column::Facts).cast_as("text"), "facts")
            .filter(Column::ArtifactId.is_in(chunk.iter().copied()))
            .filter(Column::Facts.is_not_null())
            .into_model::<Row>()
            .all(connection)
            .await?;
        for row in rows {
            let Some(facts) = row.facts else { continue };
            read += facts.len();
            if let Ok(facts) = serde_json::from_str(&facts) {
                all.push((row.artifact_id, facts));
            }
        }
    }
    Ok(all)
}

/// Which of these packages have a file of a type that says what it is. Uses `releases_by_package`,
/// `release_artifacts_by_release` and `release_manifests_digest`.
///
/// # Errors
/// When the database fails.
pub async fn packages<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    packages: &[PackageId],
    filetype: &str,
) -> Result<Vec<PackageId>> {
    use artifact::Column as A;

    let told = Query::select()
        .expr(Expr::val(1))
        .from(artifact::Entity)
        .inner_join(
            Entity,
            Expr::col((Entity, Column::ArtifactId)).equals((artifact::Entity, A::Id)),
        )
        .and_where(A::AccountId.eq(scope.account()))
        .and_where(
            Expr::col((artifact::Entity, A::ReleaseId))
                .equals((release::Entity, release::Column::Id)),
        )
        .and_where(A::Filetype.eq(filetype))
        .take();
    Ok(release::Entity::find()
        .select_only()
        .distinct()
        .column(release::Column::PackageId)
        .filter(release::Column::AccountId.eq(scope.account()))
        .filter(release::Column::PackageId.is_in(packages.iter().copied()))
        .filter(Expr::exists(told))
        .into_tuple()
        .all(connection)
        .await?)
}
