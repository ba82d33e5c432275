//! Constraints: what releases ask of licenses.

use keystead_domain::access::Scope;
use keystead_domain::{ConstraintId, EntitlementId, Refused, ReleaseId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use uuid::Uuid;

use crate::entities::Constraint;
use crate::entities::constraint::{Column, Entity};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Result, Tx, visible};

impl Noun for Entity {
    const NAME: &'static str = "release entitlement constraint";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

/// The constraints of a release that may be read where the scope is.
fn of(scope: &Scope, release: ReleaseId) -> Select<Entity> {
    visible::rows(scope, Column::AccountId, Column::EnvironmentId)
        .filter(Column::ReleaseId.eq(release))
}

/// One page of a release's constraints. Uses `release_constraints_by_release`.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    release: ReleaseId,
    page: Page,
    direction: Direction,
) -> Result<Slice<Constraint>> {
    noun::list(connection, of(scope, release), page, direction).await
}

/// A release's constraint with this id.
///
/// # Errors
/// Not found when the release has none such; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    release: ReleaseId,
    id: &str,
) -> Result<Constraint> {
    let found = match Uuid::parse_str(id) {
        Ok(id) => {
            let one = of(scope, release).filter(Column::Id.eq(id));
            one.one(connection).await?
        }
        Err(_) => None,
    };
    found.ok_or_else(|| Refused::not_found(Entity::NAME, id).into())
}

/// What each of these releases asks for. Uses `release_constraints_once`.
///
/// # Errors
/// When the database fails.
pub async fn of_releases<C: ConnectionTrait>(
    connection: &C,
    releases: &[ReleaseId],
) -> Result<Vec<(ReleaseId, EntitlementId)>> {
    let rows = Entity::find()
        .filter(Column::ReleaseId.is_in(releases.iter().copied()))
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.release_id, row.entitlement_id))
        .collect())
}

/// Stores new constraints.
///
/// # Errors
/// A duplicate when a release asks for one of the entitlements already; otherwise when the
/// database fails.
pub async fn insert(tx: &Tx, rows: &[Constraint]) -> Result<()> {
    use sea_orm::IntoActiveModel;

    if rows.is_empty() {
        return Ok(());
    }
    Entity::insert_many(rows.iter().cloned().map(IntoActiveModel::into_active_model))
        .exec(tx)
        .await?;
    Ok(())
}

/// Those of a release's constraints that have one of these ids.
///
/// # Errors
/// When the database fails.
pub async fn among(
    tx: &Tx,
    scope: &Scope,
    release: ReleaseId,
    ids: &[ConstraintId],
) -> Result<Vec<Constraint>> {
    Ok(of(scope, release)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(Column::Id)
        .all(tx)
        .await?)
}

/// Removes constraints.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, ids: &[ConstraintId]) -> Result<()> {
    Entity::delete_many()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}
