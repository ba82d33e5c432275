//! Accounts: looked up by id or slug, before anybody is authenticated.

mod destroy;

use chrono::{DateTime, Utc};
use keystead_domain::access::{Tie, Tied};
use keystead_domain::{AccountId, Refused};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use uuid::Uuid;

pub use destroy::{doom, remove_doomed, remove_some, tables_below};

use crate::entities::account::{Column, Entity};
use crate::entities::{Account, Environment, environment};
use crate::{Result, Tx, noun};

// Accounts live outside of environments and belong to none of their bearers.
impl Tied for Account {
    fn tie(&self) -> Tie {
        Tie::default()
    }
}

/// The account with this id (dashes optional) or slug; the oldest wins on a tie.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(connection: &C, id_or_slug: &str) -> Result<Option<Account>> {
    let slug = Expr::expr(Func::lower(Expr::col(Column::Slug))).eq(id_or_slug.to_lowercase());
    let condition = match Uuid::parse_str(id_or_slug) {
        Ok(id) => Column::Id.eq(AccountId(id)).or(slug),
        Err(_) => slug,
    };
    Ok(served()
        .filter(condition)
        .order_by_asc(Column::CreatedAt)
        .one(connection)
        .await?)
}

/// The accounts that are not about to be destroyed.
fn served() -> Select<Entity> {
    Entity::find().filter(Column::DoomedAt.is_null())
}

/// How many accounts there are.
///
/// # Errors
/// When the database fails.
pub async fn count<C: ConnectionTrait>(connection: &C) -> Result<u64> {
    Ok(served().count(connection).await?)
}

/// The first account ever made: the one that a single-account server serves.
///
/// # Errors
/// When the database fails.
pub async fn first<C: ConnectionTrait>(connection: &C) -> Result<Option<Account>> {
    Ok(served()
        .order_by_asc(Column::CreatedAt)
        .one(connection)
        .await?)
}

/// Stores a new account.
///
/// # Errors
/// A duplicate when the slug is taken; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: Account) -> Result<Account> {
    noun::insert(tx, row).await
}

/// The environment of an account with this id or code.
///
/// # Errors
/// When the database fails.
pub async fn environment<C: ConnectionTrait>(
    connection: &C,
    account: AccountId,
    id_or_code: &str,
) -> Result<Option<Environment>> {
    let code =
        Expr::expr(Func::lower(Expr::col(environment::Column::Code))).eq(id_or_code.to_lowercase());
    let condition = match Uuid::parse_str(id_or_code) {
        Ok(id) => environment::Column::Id.eq(id).or(code),
        Err(_) => code,
    };
    Ok(environment::Entity::find()
        .filter(environment::Column::AccountId.eq(account))
        .filter(environment::Column::DeletedAt.is_null())
        .filter(condition)
        .order_by_asc(environment::Column::CreatedAt)
        .one(connection)
        .await?)
}

/// The account with this id, its row locked until the transaction ends.
///
/// # Errors
/// Not found when it is gone; otherwise when the database fails.
pub async fn lock(tx: &Tx, id: AccountId) -> Result<Account> {
    let found = Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?;
    found.ok_or_else(|| Refused::not_found("account", &id.to_string()).into())
}

/// Writes the attributes of an account that [`lock`] holds.
///
/// # Errors
/// A duplicate when the slug is taken; otherwise when the database fails.
pub async fn update(tx: &Tx, mut row: Account, now: DateTime<Utc>) -> Result<Account> {
    row.updated_at = now;
    noun::update(tx, row).await
}
