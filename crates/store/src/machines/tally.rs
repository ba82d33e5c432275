//! What a license's machines add up to: columns of the license, or a sum over one owner's.

use chrono::{DateTime, Utc};
use keystead_domain::admission::{Ceilings, Load};
use keystead_domain::{LicenseId, MachineId, UserId};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Value;

use crate::{Result, Tx};

/// Adds what a machine takes, or what it takes more than before, to its license's tallies, if the
/// ceilings leave room. False when they don't; nothing was changed then.
///
/// The statement compares and adds at once, so two machines can't both take what is left. The
/// first machine passes the ceiling of machines; a machine that needs no more passes them all.
///
/// # Errors
/// When the database fails.
pub async fn take(
    tx: &Tx,
    license: LicenseId,
    more: Load,
    ceilings: Ceilings,
    now: DateTime<Utc>,
) -> Result<bool> {
    let Ceilings {
        machines,
        cores,
        memory,
        disk,
    } = ceilings;
    let mut values: Vec<Value> = vec![
        license.into(),
        more.machines.into(),
        more.cores.into(),
        more.memory.into(),
        more.disk.into(),
        now.into(),
    ];
    let mut sql = "UPDATE licenses SET machines_count = machines_count + $2, \
        machines_cores = machines_cores + $3, machines_memory = machines_memory + $4, \
        machines_disk = machines_disk + $5, \
        updated_at = CASE WHEN updated_at > $6 THEN updated_at ELSE $6 END WHERE id = $1"
        .to_owned();
    let mut bound = |column: &str, placeholder: u8, ceiling: Option<i64>, or: &str| {
        // Limits that don't exist, and machines that ask for nothing, need no comparison.
        if let Some(ceiling) = ceiling {
            values.push(ceiling.into());
            let last = values.len();
            sql.push_str(&format!(" AND ({or}{column} + ${placeholder} <= ${last})"));
        }
    };
    let counted = machines.filter(|_| more.machines > 0);
    bound("machines_count", 2, counted, "machines_count = 0 OR ");
    bound("machines_cores", 3, cores.filter(|_| more.cores > 0), "");
    bound("machines_memory", 4, memory.filter(|_| more.memory > 0), "");
    bound("machines_disk", 5, disk.filter(|_| more.disk > 0), "");
    let done = tx.execute_raw(tx.statement(sql, values)).await?;
    Ok(done.rows_affected() == 1)
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
