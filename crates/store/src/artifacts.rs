//! Artifacts: what a scope sees of the files of releases, and how they are written.

mod filter;

use chrono::{DateTime, Utc};
use keystead_domain::access::{Scope, Seen, Tie, Tied, Viewer};
use keystead_domain::words::ArtifactStatus;
use keystead_domain::{ArtifactId, Refused, ReleaseId};
use sea_orm::sea_query::{IntoCondition, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use uuid::Uuid;

pub use filter::Filter;

use crate::entities::artifact::{Column, Entity};
use crate::entities::{Artifact, Release, release};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Result, Tx, releases, visible};

/// A file with the release that it is of.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The file.
    pub artifact: Artifact,
    /// Its release.
    pub release: Release,
}

impl Noun for Entity {
    const NAME: &'static str = "release artifact";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

impl Tied for Loaded {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.artifact.environment_id,
            product: Some(self.release.product_id),
            ..Tie::default()
        }
    }
}

/// The files that `scope` sees at an instant (distribution §6.1): those of releases it sees, and
/// whoever is not their vendor only what is there to be had.
fn visible(scope: &Scope, now: DateTime<Utc>) -> Select<Entity> {
    let own = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) => Condition::all(),
        Viewer::Product(_) => of_releases(scope, now),
        Viewer::User(_) | Viewer::License(_) | Viewer::Nobody => {
            of_releases(scope, now).add(Column::Status.eq(ArtifactStatus::Uploaded))
        }
    };
    visible::rows(scope, Column::AccountId, Column::EnvironmentId).filter(own)
}

fn of_releases(scope: &Scope, now: DateTime<Utc>) -> Condition {
    let releases = Query::select()
        .column((release::Entity, release::Column::Id))
        .from(release::Entity)
        .and_where(release::Column::AccountId.eq(scope.account()))
        .cond_where(releases::theirs(scope, now))
        .take();
    Column::ReleaseId.in_subquery(releases).into_condition()
}

/// The file with this id or name: of the highest version, then the newest.
///
/// Uses `release_artifacts_by_filename`.
///
/// # Errors
/// Not found when `scope` doesn't see one that `filter` lets through; otherwise when the database
/// fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    now: DateTime<Utc>,
    id_or_filename: &str,
    filter: &Filter,
) -> Result<Seen<Loaded>> {
    let named = Condition::any()
        .add(Column::Filename.eq(id_or_filename))
        .add_option(
            Uuid::parse_str(id_or_filename)
                .ok()
                .map(|id| Column::Id.eq(id)),
        );
    let found = by_version(visible(scope, now))
        .filter(named)
        .filter(filter.condition(scope))
        .one(connection)
        .await?;
    let loaded = match found {
        Some(artifact) => load(connection, scope, vec![artifact]).await?.pop(),
        None => None,
    };
    match loaded {
        Some(loaded) => Ok(scope.seen(loaded)),
        None => Err(Refused::not_found(Entity::NAME, id_or_filename).into()),
    }
}

/// The oldest file of this name that `scope` sees at an instant and `filter` lets through.
///
/// Uses `release_artifacts_by_filename`.
///
/// # Errors
/// Not found when there is none; otherwise when the database fails.
pub async fn oldest<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    now: DateTime<Utc>,
    filename: &str,
    filter: &Filter,
) -> Result<Seen<Loaded>> {
    let found = visible(scope, now)
        .filter(Column::Filename.eq(filename))
        .filter(filter.condition(scope))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .one(connection)
        .await?;
    let loaded = match found {
        Some(artifact) => load(connection, scope, vec![artifact]).await?.pop(),
        None => None,
    };
    let missing = || Refused::not_found(Entity::NAME, filename);
    Ok(scope.seen(loaded.ok_or_else(missing)?))
}

/// The highest version first (distribution §1.3), then the newest.
fn by_version(select: Select<Entity>) -> Select<Entity> {
    use release::Column as R;
    let of_release = release::Entity::belongs_to(Entity)
        .from(R::Id)
        .to(Column::ReleaseId)
        .into();
    let select = select.join_rev(JoinType::InnerJoin, of_release);
    releases::by_version(select)
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
}

/// So many files at most that `scope` sees at an instant and `filter` lets through: those of the
/// highest version first, then the newest.
///
/// Uses `releases_by_package` and `release_artifacts_by_release` where a package is given.
///
/// # Errors
/// When the database fails.
pub async fn ranked<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    now: DateTime<Utc>,
    filter: &Filter,
    limit: u64,
) -> Result<Vec<Loaded>> {
    let found = by_version(visible(scope, now))
        .filter(filter.condition(scope))
        .limit(limit)
        .select_also(release::Entity)
        .all(connection)
        .await?;
    let loaded = found
        .into_iter()
        .filter_map(|(artifact, release)| release.map(|release| Loaded { artifact, release }));
    Ok(loaded.collect())
}

/// One page of the files that `scope` sees at an instant and `filter` lets through.
///
/// Uses `release_artifacts_by_account`, with a release `release_artifacts_by_release`, with a status,
/// platform, arch or file type the index by that.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    now: DateTime<Utc>,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    let page = noun::list(
        connection,
        visible(scope, now).filter(filter.condition(scope)),
        page,
        direction,
    )
    .await?;
    Ok(Slice {
        rows: load(connection, scope, page.rows).await?,
        total: page.total,
        more: page.more,
    })
}

/// The same files with their releases: one statement for all of them.
async fn load<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    rows: Vec<Artifact>,
) -> Result<Vec<Loaded>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = rows.iter().map(|artifact| artifact.release_id);
    let releases = releases::by_ids(connection, scope, ids).await?;
    let loaded = |artifact: Artifact| {
        let mut releases = releases.iter();
        let release = releases.find(|release| release.id == artifact.release_id)?;
        Some(Loaded {
            artifact,
            release: release.clone(),
        })
    };
    Ok(rows.into_iter().filter_map(loaded).collect())
}

/// The files of these releases, the oldest first: clients of API 1.0 know no release without its
/// one file.
///
/// # Errors
/// When the database fails.
pub async fn of<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    releases: &[ReleaseId],
) -> Result<Vec<Artifact>> {
    Ok(Entity::find()
        .filter(Column::AccountId.eq(scope.account()))
        .filter(Column::ReleaseId.is_in(releases.iter().copied()))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?)
}

/// The file with this id, its row locked until the transaction ends.
///
/// # Errors
/// Not found when it is gone; otherwise when the database fails.
pub async fn lock(tx: &Tx, scope: &Scope, id: ArtifactId) -> Result<Artifact> {
    let among = Entity::find().filter(Column::AccountId.eq(scope.account()));
    noun::lock(tx, among, id).await
}

/// Stores a new file.
///
/// # Errors
/// A duplicate when the release has a file of this name; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: Artifact) -> Result<Artifact> {
    noun::insert(tx, row).await
}

/// Writes every attribute of a file that [`lock`] holds.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &Tx, row: Artifact) -> Result<Artifact> {
    noun::update(tx, row).await
}

/// Removes a file's row.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, id: ArtifactId) -> Result<()> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// The file with this id, whoever asks; none when it is gone.
///
/// # Errors
/// When the database fails.
pub async fn by_id<C: ConnectionTrait>(connection: &C, id: ArtifactId) -> Result<Option<Artifact>> {
    Ok(Entity::find_by_id(id).one(connection).await?)
}

/// Files of all accounts whose objects are waited for, the oldest first, after a place in this
/// order. Uses `release_artifacts_waiting`.
///
/// # Errors
/// When the database fails.
pub async fn waiting<C: ConnectionTrait>(
    connection: &C,
    after: Option<(DateTime<Utc>, ArtifactId)>,
    limit: u64,
) -> Result<Vec<Artifact>> {
    use ArtifactStatus::{Processing, Waiting};

    let later = after.map(|(created_at, id)| {
        Condition::any().add(Column::CreatedAt.gt(created_at)).add(
            Condition::all()
                .add(Column::CreatedAt.eq(created_at))
                .add(Column::Id.gt(id)),
        )
    });
    Ok(Entity::find()
        .filter(Column::Status.is_in([Waiting, Processing]))
        .filter(Condition::all().add_option(later))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(connection)
        .await?)
}

/// Which of these ids are files'.
///
/// # Errors
/// When the database fails.
pub async fn known<C: ConnectionTrait>(
    connection: &C,
    ids: impl IntoIterator<Item = ArtifactId>,
) -> Result<Vec<ArtifactId>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.is_in(ids))
        .into_tuple()
        .all(connection)
        .await?)
}

/// So many files at most that `scope` sees and `filter` lets through.
///
/// # Errors
/// When the database fails.
pub async fn like<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    now: DateTime<Utc>,
    filter: &Filter,
    limit: u64,
) -> Result<Vec<ArtifactId>> {
    Ok(visible(scope, now)
        .filter(filter.condition(scope))
        .select_only()
        .column(Column::Id)
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?)
}
