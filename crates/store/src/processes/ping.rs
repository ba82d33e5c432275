//! What pings of processes start from and what they write: one statement for all that arrived
//! together, as with machines.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use keystead_domain::{AccountId, ProcessId};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Loaded, loaded, select_list};
use crate::dialect::{Column, Rows};
use crate::parts::{SURROUNDINGS, joins};
use crate::{Db, Result};

/// The processes with these ids, in order. Nothing says yet that anyone may see them.
///
/// Uses primary keys.
///
/// # Errors
/// When the database fails.
pub async fn by_ping(db: &Db, wanted: Vec<(AccountId, ProcessId)>) -> Result<Vec<Option<Loaded>>> {
    let count = wanted.len();
    let rows = Rows::new(
        "v",
        vec![
            ("n", Column::Ints((0..).take(count).collect())),
            (
                "account_id",
                Column::Uuids(wanted.iter().map(|(account, _)| account.0).collect()),
            ),
            (
                "id",
                Column::Uuids(wanted.iter().map(|(_, id)| id.0).collect()),
            ),
        ],
    );
    let sql = format!(
        "SELECT v.n AS n, {}, {SURROUNDINGS} FROM {} \
         JOIN machine_processes ON machine_processes.id = v.id \
         AND machine_processes.account_id = v.account_id \
         JOIN process_heartbeats ON process_heartbeats.process_id = machine_processes.id {}",
        select_list(),
        rows.sql(db.dialect(), 1),
        joins("machine_processes"),
    );
    let mut answers = vec![None; count];
    let values = rows.values(db.dialect());
    for row in db.query_all_raw(db.statement(sql, values)).await? {
        let n: i64 = row.try_get("", "n")?;
        if let Some(slot) = usize::try_from(n).ok().and_then(|n| answers.get_mut(n)) {
            *slot = Some(loaded(&row)?);
        }
    }
    Ok(answers)
}

/// A ping that a rule let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// The process.
    pub process: ProcessId,
    /// When it was pinged.
    pub at: DateTime<Utc>,
    /// When the sweep shall look next, if that changes.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether the ping brings the process back from the dead.
    pub revives: bool,
}

/// Writes the beats and answers, in order, whether each process is still there. Durable when it
/// returns.
///
/// # Errors
/// When the database fails.
pub async fn beat(db: &Db, beats: Vec<Beat>) -> Result<Vec<bool>> {
    // Two pings of one process are one beat. In order of process, so that batches of two replicas
    // wait for each other rather than in a circle.
    let mut merged: BTreeMap<ProcessId, Beat> = BTreeMap::new();
    for beat in &beats {
        merged
            .entry(beat.process)
            .and_modify(|it| {
                it.at = it.at.max(beat.at);
                it.due_at = it.due_at.max(beat.due_at);
                it.revives |= beat.revives;
            })
            .or_insert(*beat);
    }
    let all: Vec<Beat> = merged.into_values().collect();
    let rows = Rows::new(
        "v",
        vec![
            (
                "process_id",
                Column::Uuids(all.iter().map(|beat| beat.process.0).collect()),
            ),
            (
                "at",
                Column::Times(all.iter().map(|beat| beat.at).collect()),
            ),
            (
                "due_at",
                Column::MaybeTimes(all.iter().map(|beat| beat.due_at).collect()),
            ),
            (
                "revives",
                Column::Ints(all.iter().map(|beat| beat.revives.into()).collect()),
            ),
        ],
    );
    // A beat that another replica wrote with a later time stays. A column that keeps its value
    // leaves its index alone.
    let sql = format!(
        "UPDATE process_heartbeats SET last_at = CASE WHEN process_heartbeats.last_at > v.at \
         THEN process_heartbeats.last_at ELSE v.at END, \
         due_at = coalesce(v.due_at, process_heartbeats.due_at), \
         died_at = CASE WHEN v.revives = 1 THEN NULL ELSE process_heartbeats.died_at END \
         FROM {} WHERE process_heartbeats.process_id = v.process_id \
         RETURNING process_heartbeats.process_id AS process_id",
        rows.sql(db.dialect(), 1)
    );
    let statement = db.statement(sql, rows.values(db.dialect()));
    let there: HashSet<Uuid> = crate::heartbeats::write(db, statement)
        .await?
        .iter()
        .map(|row| row.try_get("", "process_id"))
        .collect::<Result<_, _>>()?;
    Ok(beats
        .iter()
        .map(|beat| there.contains(&beat.process.0))
        .collect())
}
