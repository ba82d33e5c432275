//! The admins of an account: counted while nobody else can change them, and whom answers reach.

use keystead_domain::access::Scope;
use keystead_domain::access::privilege::OtherAdmins;
use keystead_domain::permissions::PermissionSet;
use keystead_domain::words::UserRole;
use keystead_domain::{AccountId, UserId};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entities::account;
use crate::entities::user::{Column, Entity};
use crate::{Result, Tx};

/// Makes every other change of an admin wait until the transaction ends. Taken before the
/// user's own row, so that two changes can't wait for each other.
///
/// # Errors
/// When the database fails.
pub async fn lock_admins(tx: &Tx, scope: &Scope) -> Result<()> {
    account::Entity::find_by_id(scope.account())
        .select_only()
        .column(account::Column::Id)
        // Weaker than what new records of the account wait for.
        .lock(LockType::NoKeyUpdate)
        .into_tuple::<uuid::Uuid>()
        .one(tx)
        .await?;
    Ok(())
}

/// The address of the admin who came last: whom an answer to the account's mails reaches.
///
/// # Errors
/// When the database fails.
pub async fn last_admin<C: ConnectionTrait>(
    connection: &C,
    account: AccountId,
) -> Result<Option<String>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::Email)
        .filter(Column::AccountId.eq(account))
        .filter(Column::Role.eq(UserRole::Admin))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .into_tuple()
        .one(connection)
        .await?)
}

/// The account's admins besides this user, in every environment.
///
/// # Errors
/// When the database fails.
pub async fn other_admins(tx: &Tx, scope: &Scope, except: UserId) -> Result<OtherAdmins> {
    let sets: Vec<PermissionSet> = Entity::find()
        .select_only()
        .column(Column::Permissions)
        .filter(Column::AccountId.eq(scope.account()))
        .filter(Column::Role.eq(UserRole::Admin))
        .filter(Column::Id.ne(except))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(OtherAdmins {
        count: sets.len() as u64,
        full: sets.iter().filter(|set| set.is_full()).count() as u64,
    })
}
