//! One machine: by id or fingerprint, by id, or under the lock of its license.

use keystead_domain::access::{Scope, Seen};
use keystead_domain::{LicenseId, MachineId, Refused};
use sea_orm::sea_query::{LockType, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, Order};
use uuid::Uuid;

use super::{Loaded, joined, loaded, visible};
use crate::entities::license;
use crate::entities::machine::{self, Column};
use crate::{Result, Tx};

/// The machine with this id or exact fingerprint; the oldest that `scope` sees wins (machines
/// §1.1).
///
/// `digest` is the SHA-256 of `id_or_fingerprint`. Uses `machines_by_fingerprint` or the primary
/// key.
///
/// # Errors
/// Not found when `scope` sees none; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id_or_fingerprint: &str,
    digest: [u8; 32],
) -> Result<Seen<Loaded>> {
    let fingerprint = Column::FingerprintDigest.eq(digest.to_vec());
    let named = match Uuid::parse_str(id_or_fingerprint) {
        Ok(id) => Condition::any().add(Column::Id.eq(id)).add(fingerprint),
        Err(_) => Condition::any().add(fingerprint),
    };
    let mut select = joined();
    select
        .cond_where(visible(scope))
        .cond_where(named)
        .order_by((machine::Entity, Column::CreatedAt), Order::Asc)
        .order_by((machine::Entity, Column::Id), Order::Asc)
        .limit(1);
    match one(connection, &select).await? {
        Some(found) => Ok(scope.seen(found)),
        None => Err(Refused::not_found("machine", id_or_fingerprint).into()),
    }
}

/// The machine with this id, if `scope` sees it.
///
/// # Errors
/// When the database fails.
pub async fn by_id<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: MachineId,
) -> Result<Option<Loaded>> {
    one(
        connection,
        joined()
            .cond_where(visible(scope))
            .cond_where(Column::Id.eq(id)),
    )
    .await
}

/// The machines with these ids, of whatever account: for sweeps, whose batches bound their number.
///
/// # Errors
/// When the database fails.
pub async fn by_ids<C: ConnectionTrait>(connection: &C, ids: &[MachineId]) -> Result<Vec<Loaded>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = joined();
    select.cond_where(Column::Id.is_in(ids.iter().copied()));
    let statement = connection.get_database_backend().build(&select);
    let rows = connection.query_all_raw(statement).await?;
    rows.iter().map(loaded).collect()
}

/// The machine as it is once its license's row is locked: whoever changes a machine, except by a
/// ping, does so one after the other, and locks the license first.
///
/// # Errors
/// Not found when the machine is gone; otherwise when the database fails.
pub async fn lock(tx: &Tx, scope: &Scope, license: LicenseId, id: MachineId) -> Result<Loaded> {
    if !tx.dialect().has_one_writer() {
        let mut select = sea_orm::sea_query::Query::select();
        select
            .column(license::Column::Id)
            .from(license::Entity)
            .cond_where(license::Column::Id.eq(license))
            .lock(LockType::NoKeyUpdate);
        tx.query_one_raw(tx.get_database_backend().build(&select))
            .await?;
    }
    match by_id(tx, scope, id).await? {
        Some(found) => Ok(found),
        None => Err(Refused::not_found("machine", &id.to_string()).into()),
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
