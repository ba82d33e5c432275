//! What a license's machines add up to: columns of the license, or a sum over one owner's.

use chrono::{DateTime, Utc};
use keystead_domain::admission::{Ceilings, Load};
use keystead_domain::{LicenseId, MachineId, UserId};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Value;

use crate::{Result, Tx};

/// What a machine takes of its license, or takes more than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The license.
    pub license: LicenseId,
    /// How much more.
    pub more: Load,
    /// How far each tally may go.
    pub ceilings: Ceilings,
    /// When the license expires, if its term starts now and hasn't before.
    pub expiry: Option<DateTime<Utc>>,
}

/// Takes a seat, if the ceilings leave room. False when they don't; nothing was changed then.
///
/// The statement compares and adds at once, so two machines can't both take what is left. The
/// first machine passes the ceiling of machines; what asks for no more passes them all.
///
/// # Errors
/// When the database fails.
pub async fn take(tx: &Tx, seat: Seat, now: DateTime<Utc>) -> Result<bool> {
    let (sql, values) = taking(seat, now);
    let done = tx.execute_raw(tx.statement(sql, values)).await?;
    Ok(done.rows_affected() == 1)
}

/// The statement that takes a seat.
pub(super) fn taking(seat: Seat, now: DateTime<Utc>) -> (String, Vec<Value>) {
    let Seat {
        license,
        more,
        ceilings,
        expiry,
    } = seat;
    let mut values: Vec<Value> = vec![
        license.into(),
        more.machines.into(),
        more.cores.into(),
        more.memory.into(),
        more.disk.into(),
        now.into(),
        expiry.into(),
    ];
    let mut sql = "UPDATE licenses SET machines_count = machines_count + $2, \
        machines_cores = machines_cores + $3, machines_memory = machines_memory + $4, \
        machines_disk = machines_disk + $5, expiry = coalesce(expiry, $7), \
        updated_at = CASE WHEN updated_at > $6 THEN updated_at ELSE $6 END WHERE id = $1"
        .to_owned();
    let bounds = [
        (
            "machines_count = 0 OR machines_count + $2",
            ceilings.machines,
            more.machines,
        ),
        ("machines_cores + $3", ceilings.cores, more.cores),
        ("machines_memory + $4", ceilings.memory, more.memory),
        ("machines_disk + $5", ceilings.disk, more.disk),
    ];
    for (sum, ceiling, more) in bounds {
        // Limits that don't exist, and machines that ask for nothing, need no comparison.
        if let Some(ceiling) = ceiling.filter(|_| more > 0) {
            values.push(ceiling.into());
            sql.push_str(&format!(" AND ({sum} <= ${})", values.len()));
        }
    }
    (sql, values)
}

/// Takes back from a license's tallies what machines took that are gone.
///
/// # Errors
/// When the database fails.
pub async fn give_back(tx: &Tx, license: LicenseId, less: Load, now: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE licenses SET machines_count = machines_count - $2, \
        machines_cores = machines_cores - $3, machines_memory = machines_memory - $4, \
        machines_disk = machines_disk - $5, \
        updated_at = CASE WHEN updated_at > $6 THEN updated_at ELSE $6 END WHERE id = $1";
    let values: [Value; 6] = [
        license.into(),
        less.machines.into(),
        less.cores.into(),
        less.memory.into(),
        less.disk.into(),
        now.into(),
    ];
    tx.execute_raw(tx.statement(sql, values)).await?;
    Ok(())
}

/// What an owner's machines of a license add up to, or those without an owner; `but` is left out.
/// The license's lock keeps it true until the transaction ends.
///
/// Uses `machines_fingerprint`, which leads with the license.
///
/// # Errors
/// When the database fails.
pub async fn of_owner<C: ConnectionTrait>(
    connection: &C,
    license: LicenseId,
    owner: Option<UserId>,
    but: Option<MachineId>,
) -> Result<Load> {
    let mut values: Vec<Value> = vec![license.into()];
    let mut sql = "SELECT count(*) AS machines, \
        CAST(coalesce(sum(cores), 0) AS bigint) AS cores, \
        CAST(coalesce(sum(memory), 0) AS bigint) AS memory, \
        CAST(coalesce(sum(disk), 0) AS bigint) AS disk \
        FROM machines WHERE license_id = $1"
        .to_owned();
    match owner {
        Some(owner) => {
            values.push(owner.into());
            sql.push_str(" AND owner_id = $2");
        }
        None => sql.push_str(" AND owner_id IS NULL"),
    }
    if let Some(but) = but {
        values.push(but.into());
        sql.push_str(&format!(" AND id <> ${}", values.len()));
    }
    let backend = connection.get_database_backend();
    let statement = sea_orm::Statement::from_sql_and_values(backend, sql, values);
    let Some(row) = connection.query_one_raw(statement).await? else {
        return Ok(Load::default());
    };
    Ok(Load {
        machines: row.try_get("", "machines")?,
        cores: row.try_get("", "cores")?,
        memory: row.try_get("", "memory")?,
        disk: row.try_get("", "disk")?,
    })
}
