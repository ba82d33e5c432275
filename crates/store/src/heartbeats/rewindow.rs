//! When machines are looked at next, written anew after their policy changed.

use chrono::{DateTime, Utc};
use keystead_domain::heartbeat::{Heart, window};
use keystead_domain::{LicenseId, MachineId, PolicyId};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::dialect::{Column, Rows};
use crate::{Db, Result, Tx};

/// A machine's heart as it is stored, and what its policy says now.
#[derive(Clone, Copy, Debug, PartialEq, FromQueryResult)]
pub struct Window {
    /// The machine.
    pub machine_id: MachineId,
    /// When it was activated.
    pub created_at: DateTimeUtc,
    /// Its last ping.
    pub last_at: Option<DateTimeUtc>,
    /// When the sweep looks next.
    pub due_at: Option<DateTimeUtc>,
    /// Whether the policy requires heartbeats.
    pub require_heartbeat: bool,
    /// How long its heart may be silent, in seconds.
    pub heartbeat_duration: Option<i64>,
}

impl Window {
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
}

/// Licenses of a policy in order of their ids, `after` one.
///
/// Uses `licenses_by_policy`.
///
/// # Errors
/// When the database fails.
pub async fn of_policy(
    db: &Db,
    policy: PolicyId,
    after: Option<LicenseId>,
    limit: u64,
) -> Result<Vec<LicenseId>> {
    let mut values: Vec<Value> = vec![policy.into()];
    let after = match after {
        Some(after) => {
            values.push(after.into());
            "AND id > $2"
        }
        None => "",
    };
    let sql = format!(
        "SELECT id FROM licenses WHERE policy_id = $1 \
         AND account_id = (SELECT account_id FROM policies WHERE id = $1) \
         {after} ORDER BY id LIMIT {limit}"
    );
    let rows = db.query_all_raw(db.statement(sql, values)).await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get("", "id"))
        .collect::<Result<_, _>>()?)
}

/// Machines of a license in order of their ids, `after` one, their hearts locked.
///
/// Uses `machines_fingerprint`, which leads with the license.
///
/// # Errors
/// When the database fails.
pub async fn windows(
    tx: &Tx,
    license: LicenseId,
    after: Option<MachineId>,
    limit: u64,
) -> Result<Vec<Window>> {
    let mut values: Vec<Value> = vec![license.into()];
    let after = match after {
        Some(after) => {
            values.push(after.into());
            "AND machines.id > $2"
        }
        None => "",
    };
    let sql = format!(
        "SELECT machines.id AS machine_id, machines.created_at AS created_at, \
         heartbeats.last_at AS last_at, heartbeats.due_at AS due_at, \
         policies.require_heartbeat AS require_heartbeat, \
         policies.heartbeat_duration AS heartbeat_duration \
         FROM machines JOIN heartbeats ON heartbeats.machine_id = machines.id \
         JOIN licenses ON licenses.id = machines.license_id \
         JOIN policies ON policies.id = licenses.policy_id \
         WHERE machines.license_id = $1 {after} ORDER BY machines.id LIMIT {limit}{lock}",
        lock = tx.dialect().for_update("heartbeats"),
    );
    let rows = tx.query_all_raw(tx.statement(sql, values)).await?;
    Ok(rows
        .iter()
        .map(|row| Window::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// Writes when machines are looked at next; their hearts are locked.
///
/// # Errors
/// When the database fails.
pub async fn set_due(tx: &Tx, due: &[(MachineId, Option<DateTime<Utc>>)]) -> Result<()> {
    if due.is_empty() {
        return Ok(());
    }
    let rows = Rows::new(
        "v",
        vec![
            (
                "machine_id",
                Column::Uuids(due.iter().map(|(machine, _)| machine.0).collect()),
            ),
            (
                "due_at",
                Column::MaybeTimes(due.iter().map(|(_, due_at)| *due_at).collect()),
            ),
        ],
    );
    let sql = format!(
        "UPDATE heartbeats SET due_at = v.due_at FROM {} \
         WHERE heartbeats.machine_id = v.machine_id",
        rows.sql(tx.dialect(), 1)
    );
    tx.execute_raw(tx.statement(sql, rows.values(tx.dialect())))
        .await?;
    Ok(())
}

/// Forgets a machine's beats. The death marker stays: another death of the same life is not told
/// again.
///
/// # Errors
/// When the database fails.
pub async fn reset(tx: &Tx, machine: MachineId, due_at: Option<DateTime<Utc>>) -> Result<()> {
    let sql = "UPDATE heartbeats SET last_at = NULL, due_at = $2 WHERE machine_id = $1";
    tx.execute_raw(tx.statement(sql, [machine.into(), due_at.into()]))
        .await?;
    Ok(())
}
