//! How processes are written and counted.

use keystead_domain::{LicenseId, MachineId, ProcessId, UserId};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel};

use super::Pulse;
use crate::entities::machine_process::Entity;
use crate::entities::{Process, ProcessHeartbeat, process_heartbeat};
use crate::{Result, Tx};

/// The processes that are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// Those of one machine.
    Machine(MachineId),
    /// All of a license's.
    License(LicenseId),
    /// Those on a license's machines with this owner, or without one.
    Owner(LicenseId, Option<UserId>),
}

/// How many processes a bucket holds; true until the transaction ends while it holds the lock of
/// the license.
///
/// Uses `machine_processes_pid` and `machines_fingerprint`, by their first columns.
///
/// # Errors
/// When the database fails.
pub async fn running(tx: &Tx, bucket: Bucket) -> Result<i64> {
    let of_license = "SELECT CAST(count(*) AS bigint) AS running FROM machines \
        JOIN machine_processes ON machine_processes.machine_id = machines.id \
        WHERE machines.license_id = $1";
    let (sql, values) = match bucket {
        Bucket::Machine(id) => (
            "SELECT CAST(count(*) AS bigint) AS running FROM machine_processes \
             WHERE machine_id = $1"
                .to_owned(),
            vec![id.into()],
        ),
        Bucket::License(id) => (of_license.to_owned(), vec![id.into()]),
        Bucket::Owner(id, None) => (
            format!("{of_license} AND machines.owner_id IS NULL"),
            vec![id.into()],
        ),
        Bucket::Owner(id, Some(owner)) => (
            format!("{of_license} AND machines.owner_id = $2"),
            vec![id.into(), owner.into()],
        ),
    };
    let row = tx.query_one_raw(tx.statement(sql, values)).await?;
    Ok(row
        .map(|row| row.try_get("", "running"))
        .transpose()?
        .unwrap_or(0))
}

/// Stores a new process and its heart.
///
/// # Errors
/// A duplicate when the machine has the process already, or the id is taken; otherwise when the
/// database fails.
pub async fn insert(tx: &Tx, row: &Process, pulse: Pulse) -> Result<()> {
    let heart = ProcessHeartbeat {
        process_id: row.id,
        account_id: row.account_id,
        last_at: pulse.last_at,
        due_at: pulse.due_at,
        died_at: pulse.died_at,
    };
    Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx)
        .await?;
    process_heartbeat::Entity::insert(heart.into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Writes every attribute of a process.
///
/// # Errors
/// When it is gone, or the database fails.
pub async fn update(tx: &Tx, row: Process) -> Result<Process> {
    Ok(row.into_active_model().reset_all().update(tx).await?)
}

/// Removes a process and its heart.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, id: ProcessId) -> Result<()> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}
