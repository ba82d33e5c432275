//! The owners of a group. Whoever changes them holds the group's lock, so that nobody else attaches
//! or detaches in between.

use keystead_domain::access::{Scope, Seen, Tie, Tied};
use keystead_domain::{GroupId, GroupOwnerId, UserId};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
};

use crate::entities::group_owner::{Column, Entity};
use crate::entities::{GroupOwner, User, user};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Result, Tx, visible};

impl Noun for Entity {
    const NAME: &'static str = "group owner";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

impl Tied for GroupOwner {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.environment_id,
            ..Tie::default()
        }
    }
}

/// Owners of a group that was seen already, in the environments that `scope` reads.
fn of_group(scope: &Scope, group: GroupId) -> Select<Entity> {
    visible::rows(scope, Column::AccountId, Column::EnvironmentId).filter(Column::GroupId.eq(group))
}

/// One page of a group's owners. Uses `group_owners_by_group`.
///
/// # Errors
/// When the database fails.
pub async fn list_owners<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    group: GroupId,
    page: Page,
    direction: Direction,
) -> Result<Slice<GroupOwner>> {
    noun::list(connection, of_group(scope, group), page, direction).await
}

/// The ownership with this id, of this group.
///
/// # Errors
/// Not found when there is none; otherwise when the database fails.
pub async fn find_owner<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    group: GroupId,
    id: &str,
) -> Result<Seen<GroupOwner>> {
    noun::find(connection, scope, of_group(scope, group), id).await
}

/// Whether a user owns a group. Uses `group_owners_once`.
///
/// # Errors
/// When the database fails.
pub async fn owned_by<C: ConnectionTrait>(
    connection: &C,
    group: GroupId,
    user: UserId,
) -> Result<bool> {
    let found = Entity::find()
        .filter(Column::GroupId.eq(group))
        .filter(Column::UserId.eq(user));
    Ok(found.count(connection).await? > 0)
}

/// The ownerships of these users. Uses `group_owners_once`.
///
/// # Errors
/// When the database fails.
pub async fn of_users(tx: &Tx, group: GroupId, users: &[UserId]) -> Result<Vec<GroupOwner>> {
    Ok(Entity::find()
        .filter(Column::GroupId.eq(group))
        .filter(Column::UserId.is_in(users.iter().copied()))
        .order_by_asc(Column::Id)
        .all(tx)
        .await?)
}

/// Those of the users with these ids that there are. None of them goes before the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn candidates(tx: &Tx, scope: &Scope, ids: &[UserId]) -> Result<Vec<User>> {
    Ok(user::Entity::find()
        .filter(visible::in_account(
            scope,
            user::Column::AccountId,
            user::Column::EnvironmentId,
        ))
        .filter(user::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(user::Column::Id)
        .lock(LockType::KeyShare)
        .all(tx)
        .await?)
}

/// Makes users owners, all or none.
///
/// # Errors
/// A duplicate when one is an owner already; otherwise when the database fails.
pub async fn attach(tx: &Tx, rows: &[GroupOwner]) -> Result<()> {
    let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
    Entity::insert_many(rows).exec(tx).await?;
    Ok(())
}

/// Takes ownerships away.
///
/// # Errors
/// When the database fails.
pub async fn detach(tx: &Tx, ids: Vec<GroupOwnerId>) -> Result<()> {
    Entity::delete_many()
        .filter(Column::Id.is_in(ids))
        .exec(tx)
        .await?;
    Ok(())
}
