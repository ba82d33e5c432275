//! Custom domains: hosts that lead to an account without naming it.

use keystead_domain::AccountId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::entities::account_domain::{Column, Entity};
use crate::entities::{Account, AccountDomain, account};
use crate::{Result, Tx};

/// Hosts of one account that are listed at most.
const LISTED: u64 = 1_000;

/// The account that a host leads to. Uses `account_domains_host`.
///
/// # Errors
/// When the database fails.
pub async fn account_of<C: ConnectionTrait>(connection: &C, host: &str) -> Result<Option<Account>> {
    let found = Entity::find()
        .filter(Column::Host.eq(host))
        .one(connection)
        .await?;
    let Some(domain) = found else {
        return Ok(None);
    };
    Ok(account::Entity::find_by_id(domain.account_id)
        .filter(account::Column::DoomedAt.is_null())
        .one(connection)
        .await?)
}

/// The hosts of an account, the oldest first. Uses `account_domains_by_account`.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    account: AccountId,
) -> Result<Vec<AccountDomain>> {
    Ok(Entity::find()
        .filter(Column::AccountId.eq(account))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(LISTED)
        .all(connection)
        .await?)
}

/// Lets a host lead to an account.
///
/// # Errors
/// A duplicate when it leads to one already; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: AccountDomain) -> Result<()> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Lets a host lead nowhere; whether it led to this account.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, account: AccountId, host: &str) -> Result<bool> {
    let gone = Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Host.eq(host))
        .exec(tx)
        .await?;
    Ok(gone.rows_affected > 0)
}
