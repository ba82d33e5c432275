//! Groups: the limits that users, licenses and machines share.

use keystead_domain::access::Scope;
use keystead_domain::{AccountId, GroupId};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, Select,
};

use crate::entities::group::{Column, Entity};
use crate::entities::{Group, license};
use crate::{Result, Tx, visible};

/// The group with this id, if `scope` sees one.
///
/// # Errors
/// When the database fails.
pub async fn by_id<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: GroupId,
) -> Result<Option<Group>> {
    Ok(existing(scope, id).one(connection).await?)
}

/// The group with this id, its row locked until the transaction ends, so that its members are
/// counted and added one after the other; none when `scope` sees none.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &Tx, scope: &Scope, id: GroupId) -> Result<Option<Group>> {
    Ok(existing(scope, id)
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?)
}

/// Groups are named in bodies and by records that were seen already: what a bearer sees of them
/// is not asked here.
fn existing(scope: &Scope, id: GroupId) -> Select<Entity> {
    Entity::find()
        .filter(visible::in_account(
            scope,
            Column::AccountId,
            Column::EnvironmentId,
        ))
        .filter(Column::Id.eq(id))
}

/// How many licenses are in a locked group. Uses `licenses_by_group`.
///
/// # Errors
/// When the database fails.
pub async fn licenses(tx: &Tx, account: AccountId, id: GroupId) -> Result<i64> {
    let count = license::Entity::find()
        .filter(license::Column::AccountId.eq(account))
        .filter(license::Column::GroupId.eq(id))
        .count(tx)
        .await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}
