//! One license: by id or key, by id, or locked for a change of what it counts.

use keystead_domain::access::{Scope, Seen};
use keystead_domain::{LicenseId, Refused};
use sea_orm::sea_query::{LockType, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, Order};
use uuid::Uuid;

use super::{Loaded, joined, loaded, whole};
use crate::entities::license::{self, Column};
use crate::{Result, Tx};

/// The license with this id or exact key; the oldest wins when they name two (licensing §3.14).
///
/// `digest` is the SHA-256 of `id_or_key`. Uses `licenses_key` or the primary key.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id_or_key: &str,
    digest: [u8; 32],
) -> Result<Seen<Loaded>> {
    let mut select = joined(scope);
    select
        .cond_where(named(id_or_key, digest))
        .order_by((license::Entity, Column::CreatedAt), Order::Asc)
        .limit(1);
    match one(connection, &select).await? {
        Some(found) => Ok(scope.seen(found)),
        None => Err(Refused::not_found("license", id_or_key).into()),
    }
}

/// The license with this id, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn by_id<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: LicenseId,
) -> Result<Option<Loaded>> {
    one(connection, joined(scope).cond_where(Column::Id.eq(id))).await
}

/// The licenses with these ids, of whatever account: for sweeps, whose batches bound their number.
///
/// # Errors
/// When the database fails.
pub async fn by_ids<C: ConnectionTrait>(connection: &C, ids: &[LicenseId]) -> Result<Vec<Loaded>> {
    let mut select = whole();
    select.cond_where(Column::Id.is_in(ids.iter().copied()));
    let statement = connection.get_database_backend().build(&select);
    let rows = connection.query_all_raw(statement).await?;
    rows.iter().map(loaded).collect()
}

/// The license with this id, its row locked until the transaction ends: whoever changes what the
/// license counts decides one after the other.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn lock(tx: &Tx, scope: &Scope, id: LicenseId) -> Result<Seen<Loaded>> {
    let mut select = joined(scope);
    select
        .cond_where(Column::Id.eq(id))
        .lock_with_tables(LockType::NoKeyUpdate, [license::Entity]);
    match one(tx, &select).await? {
        Some(found) => Ok(scope.seen(found)),
        None => Err(Refused::not_found("license", &id.to_string()).into()),
    }
}

/// Licenses with this id, if it is one, or this key's digest.
pub(super) fn named(id_or_key: &str, digest: [u8; 32]) -> Condition {
    let key = Condition::any().add(Column::KeyDigest.eq(digest.to_vec()));
    match Uuid::parse_str(id_or_key) {
        Ok(id) => key.add(Column::Id.eq(id)),
        Err(_) => key,
    }
}

async fn one<C: ConnectionTrait>(
    connection: &C,
    select: &SelectStatement,
) -> Result<Option<Loaded>> {
    let statement = connection.get_database_backend().build(select);
    connection
        .query_one_raw(statement)
        .await?
        .as_ref()
        .map(loaded)
        .transpose()
}
