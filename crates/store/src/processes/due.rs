//! The sweep's reads and writes. Their cost is set by what is due, never by what is alive.

use chrono::{DateTime, Utc};
use keystead_domain::heartbeat::{Heart, window};
use keystead_domain::words::{HeartbeatCullStrategy, HeartbeatResurrectionStrategy};
use keystead_domain::{AccountId, EnvironmentId, ProcessId};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::dialect::{Column, Rows};
use crate::parts::joins;
use crate::{Result, Tx};

/// A process whose time to be looked at has come.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Due {
    /// The process.
    pub process_id: ProcessId,
    /// Its account.
    pub account_id: AccountId,
    /// Its environment.
    pub environment_id: Option<EnvironmentId>,
    /// When it was started.
    pub created_at: DateTimeUtc,
    /// Its last ping.
    pub last_at: DateTimeUtc,
    /// When it was due.
    pub due_at: DateTimeUtc,
    /// When its death was told.
    pub died_at: Option<DateTimeUtc>,
    /// How long its heart may be silent, in seconds.
    pub heartbeat_duration: Option<i64>,
    /// What becomes of the dead.
    pub heartbeat_cull_strategy: HeartbeatCullStrategy,
    /// How long the dead can come back.
    pub heartbeat_resurrection_strategy: HeartbeatResurrectionStrategy,
}

impl Due {
    /// The process's heart, judged by its current policy; without what an amnesty excuses.
    pub fn heart(&self) -> Heart {
        Heart {
            window: window(self.heartbeat_duration),
            required: true,
            created: self.created_at,
            last_at: Some(self.last_at),
            excused_until: None,
        }
    }

    /// Its place in the order of the sweep.
    pub fn place(&self) -> (DateTime<Utc>, ProcessId) {
        (self.due_at, self.process_id)
    }
}

/// What is due in the order of the sweep, `after` a place, locked until the transaction ends,
/// without what another replica has locked.
///
/// Uses `process_heartbeats_due` and primary keys.
///
/// # Errors
/// When the database fails.
pub async fn lock_due(
    tx: &Tx,
    now: DateTime<Utc>,
    after: Option<(DateTime<Utc>, ProcessId)>,
    limit: u64,
) -> Result<Vec<Due>> {
    let mut values: Vec<Value> = vec![now.into()];
    let after = match after {
        Some((due_at, process)) => {
            values.push(due_at.into());
            values.push(process.into());
            "AND (process_heartbeats.due_at, process_heartbeats.process_id) > ($2, $3)"
        }
        None => "",
    };
    // Both rows, so that a sweep never waits for somebody who deletes a process, and who would
    // wait for it.
    let sql = format!(
        "SELECT process_heartbeats.process_id AS process_id, \
         machine_processes.account_id AS account_id, \
         machine_processes.environment_id AS environment_id, \
         machine_processes.created_at AS created_at, process_heartbeats.last_at AS last_at, \
         process_heartbeats.due_at AS due_at, process_heartbeats.died_at AS died_at, \
         policies.heartbeat_duration AS heartbeat_duration, \
         policies.heartbeat_cull_strategy AS heartbeat_cull_strategy, \
         policies.heartbeat_resurrection_strategy AS heartbeat_resurrection_strategy \
         FROM process_heartbeats \
         JOIN machine_processes ON machine_processes.id = process_heartbeats.process_id {joins} \
         WHERE process_heartbeats.due_at <= $1 {after} \
         ORDER BY process_heartbeats.due_at, process_heartbeats.process_id LIMIT {limit}{lock}",
        joins = joins("machine_processes"),
        lock = tx
            .dialect()
            .for_update_skip_locked("process_heartbeats, machine_processes"),
    );
    let rows = tx.query_all_raw(tx.statement(sql, values)).await?;
    Ok(rows
        .iter()
        .map(|row| Due::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// Removes processes.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &Tx, gone: &[ProcessId]) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let ids = Column::Uuids(gone.iter().map(|id| id.0).collect());
    let rows = Rows::new("v", vec![("id", ids)]);
    let sql = format!(
        "DELETE FROM machine_processes WHERE id IN (SELECT v.id FROM {})",
        rows.sql(tx.dialect(), 1)
    );
    tx.execute_raw(tx.statement(sql, rows.values(tx.dialect())))
        .await?;
    Ok(())
}
