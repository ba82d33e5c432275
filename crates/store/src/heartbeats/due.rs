//! The sweep's reads and writes. Their cost is set by what is due, never by what is alive.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use keystead_domain::admission::Load;
use keystead_domain::heartbeat::{Heart, window};
use keystead_domain::words::{HeartbeatCullStrategy, HeartbeatResurrectionStrategy};
use keystead_domain::{AccountId, EnvironmentId, LicenseId, MachineId};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::dialect::{Column, Dialect, Rows};
use crate::{Db, Result, Tx};

/// A machine whose time to be looked at has come.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Due {
    /// The machine.
    pub machine_id: MachineId,
    /// Its account.
    pub account_id: AccountId,
    /// Its environment.
    pub environment_id: Option<EnvironmentId>,
    /// Its license.
    pub license_id: LicenseId,
    /// When it was activated.
    pub created_at: DateTimeUtc,
    /// What it takes of its license's limits.
    pub cores: Option<i64>,
    /// See above.
    pub memory: Option<i64>,
    /// See above.
    pub disk: Option<i64>,
    /// Its last ping.
    pub last_at: Option<DateTimeUtc>,
    /// When it was due.
    pub due_at: DateTimeUtc,
    /// When its death was told.
    pub died_at: Option<DateTimeUtc>,
    /// Whether the policy requires heartbeats.
    pub require_heartbeat: bool,
    /// How long its heart may be silent, in seconds.
    pub heartbeat_duration: Option<i64>,
    /// What becomes of the dead.
    pub heartbeat_cull_strategy: HeartbeatCullStrategy,
    /// How long the dead can come back.
    pub heartbeat_resurrection_strategy: HeartbeatResurrectionStrategy,
}

impl Due {
    /// The machine's heart, judged by its current policy; without what an amnesty excuses.
    pub fn heart(&self) -> Heart {
        Heart {
            window: window(self.heartbeat_duration),
            required: self.require_heartbeat,
            created: self.created_at,
            last_at: self.last_at,
            excused_until: None,
        }
    }

    /// Its place in the order of the sweep.
    pub fn place(&self) -> (DateTime<Utc>, MachineId) {
        (self.due_at, self.machine_id)
    }
}

fn select(dialect: Dialect, after: bool, limit: u64, lock: bool) -> String {
    let after = if after {
        "AND (heartbeats.due_at, heartbeats.machine_id) > ($2, $3)"
    } else {
        ""
    };
    let lock = if lock {
        dialect.for_update_skip_locked("heartbeats")
    } else {
        String::new()
    };
    format!(
        "SELECT machines.id AS machine_id, machines.account_id AS account_id, \
         machines.environment_id AS environment_id, machines.license_id AS license_id, \
         machines.created_at AS created_at, machines.cores AS cores, \
         machines.memory AS memory, machines.disk AS disk, \
         heartbeats.last_at AS last_at, heartbeats.due_at AS due_at, \
         heartbeats.died_at AS died_at, policies.require_heartbeat AS require_heartbeat, \
         policies.heartbeat_duration AS heartbeat_duration, \
         policies.heartbeat_cull_strategy AS heartbeat_cull_strategy, \
         policies.heartbeat_resurrection_strategy AS heartbeat_resurrection_strategy \
         FROM heartbeats JOIN machines ON machines.id = heartbeats.machine_id \
         JOIN licenses ON licenses.id = machines.license_id \
         JOIN policies ON policies.id = licenses.policy_id \
         WHERE heartbeats.due_at <= $1 {after} \
         ORDER BY heartbeats.due_at, heartbeats.machine_id LIMIT {limit}{lock}"
    )
}

async fn read<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    now: DateTime<Utc>,
    after: Option<(DateTime<Utc>, MachineId)>,
    limit: u64,
    lock: bool,
) -> Result<Vec<Due>> {
    let mut values: Vec<Value> = vec![now.into()];
    if let Some((due_at, machine)) = after {
        values.push(due_at.into());
        values.push(machine.into());
    }
    let sql = select(dialect, after.is_some(), limit, lock);
    let statement = sea_orm::Statement::from_sql_and_values(dialect.backend(), sql, values);
    let rows = connection.query_all_raw(statement).await?;
    Ok(rows
        .iter()
        .map(|row| Due::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// What is due in the order of the sweep, `after` a place, not locked: for counting.
///
/// Uses `heartbeats_due` and primary keys.
///
/// # Errors
/// When the database fails.
pub async fn due(
    db: &Db,
    now: DateTime<Utc>,
    after: Option<(DateTime<Utc>, MachineId)>,
    limit: u64,
) -> Result<Vec<Due>> {
    read(db, db.dialect(), now, after, limit, false).await
}

/// The same, locked until the transaction ends, without what another replica has locked.
///
/// # Errors
/// When the database fails.
pub async fn lock_due(
    tx: &Tx,
    now: DateTime<Utc>,
    after: Option<(DateTime<Utc>, MachineId)>,
    limit: u64,
) -> Result<Vec<Due>> {
    read(tx, tx.dialect(), now, after, limit, true).await
}

/// Locks the licenses of machines that shall go, and answers which could be had at once: somebody
/// who holds one may wait for a heart that the sweep holds.
///
/// # Errors
/// When the database fails.
pub async fn lock_licenses(tx: &Tx, licenses: BTreeSet<LicenseId>) -> Result<BTreeSet<LicenseId>> {
    if tx.dialect().has_one_writer() || licenses.is_empty() {
        return Ok(licenses);
    }
    let rows = Rows::new(
        "v",
        vec![(
            "id",
            Column::Uuids(licenses.iter().map(|license| license.0).collect()),
        )],
    );
    let sql = format!(
        "SELECT licenses.id AS id FROM {} JOIN licenses ON licenses.id = v.id{}",
        rows.sql(tx.dialect(), 1),
        tx.dialect().for_update_skip_locked("licenses"),
    );
    let found = tx
        .query_all_raw(tx.statement(sql, rows.values(tx.dialect())))
        .await?;
    Ok(found
        .iter()
        .map(|row| row.try_get("", "id"))
        .collect::<Result<_, _>>()?)
}

/// Removes machines whose licenses are locked, and takes back what they took of the tallies.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &Tx, gone: &[Due], now: DateTime<Utc>) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = gone.iter().map(|due| due.machine_id.0).collect();
    let rows = Rows::new("v", vec![("id", Column::Uuids(ids))]);
    let sql = format!(
        "DELETE FROM machines WHERE id IN (SELECT v.id FROM {})",
        rows.sql(tx.dialect(), 1)
    );
    tx.execute_raw(tx.statement(sql, rows.values(tx.dialect())))
        .await?;

    let mut less: std::collections::BTreeMap<LicenseId, Load> = std::collections::BTreeMap::new();
    for due in gone {
        let load = less.entry(due.license_id).or_default();
        load.machines += 1;
        load.cores += due.cores.unwrap_or(0);
        load.memory += due.memory.unwrap_or(0);
        load.disk += due.disk.unwrap_or(0);
    }
    let ints = |field: fn(&Load) -> i64| Column::Ints(less.values().map(field).collect());
    let rows = Rows::new(
        "v",
        vec![
            (
                "id",
                Column::Uuids(less.keys().map(|license| license.0).collect()),
            ),
            ("machines", ints(|load| load.machines)),
            ("cores", ints(|load| load.cores)),
            ("memory", ints(|load| load.memory)),
            ("disk", ints(|load| load.disk)),
        ],
    );
    let sql = format!(
        "UPDATE licenses SET machines_count = licenses.machines_count - v.machines, \
         machines_cores = licenses.machines_cores - v.cores, \
         machines_memory = licenses.machines_memory - v.memory, \
         machines_disk = licenses.machines_disk - v.disk, \
         updated_at = CASE WHEN licenses.updated_at > $1 THEN licenses.updated_at ELSE $1 END \
         FROM {} WHERE licenses.id = v.id",
        rows.sql(tx.dialect(), 2)
    );
    let values = std::iter::once(now.into()).chain(rows.values(tx.dialect()));
    tx.execute_raw(tx.statement(sql, values)).await?;
    Ok(())
}
