//! What pings write: one statement for all that arrived together.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use keystead_domain::MachineId;
use uuid::Uuid;

use super::write;
use crate::dialect::{Column, Rows};
use crate::fixed::Fixed;
use crate::{Db, Result};

/// A ping that a rule let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// The machine.
    pub machine: MachineId,
    /// When it was pinged.
    pub at: DateTime<Utc>,
    /// When the sweep shall look next, if that changes.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether the ping brings the machine back from the dead.
    pub revives: bool,
}

/// Writes the beats and answers, in order, whether each machine is still there. Durable when it
/// returns.
///
/// # Errors
/// When the database fails.
pub async fn beat(db: &Db, beats: Vec<Beat>) -> Result<Vec<bool>> {
    // Two pings of one machine are one beat. In order of machine, so that batches of two replicas
    // wait for each other rather than in a circle.
    let mut merged: BTreeMap<MachineId, Beat> = BTreeMap::new();
    for beat in &beats {
        merged
            .entry(beat.machine)
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
                "machine_id",
                Column::Uuids(all.iter().map(|beat| beat.machine.0).collect()),
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
    static SQL: Fixed = Fixed::new();
    let sql = SQL.get(db.dialect(), || {
        format!(
            "UPDATE heartbeats SET \
             last_at = CASE WHEN heartbeats.last_at > v.at THEN heartbeats.last_at ELSE v.at END, \
             due_at = coalesce(v.due_at, heartbeats.due_at), \
             died_at = CASE WHEN v.revives = 1 THEN NULL ELSE heartbeats.died_at END \
             FROM {} WHERE heartbeats.machine_id = v.machine_id \
             RETURNING heartbeats.machine_id AS machine_id",
            rows.sql(db.dialect(), 1)
        )
    });
    let written = write(db, db.statement(sql, rows.values(db.dialect()))).await?;
    let there: HashSet<Uuid> = written
        .iter()
        .map(|row| row.try_get("", "machine_id"))
        .collect::<Result<_, _>>()?;
    Ok(beats
        .iter()
        .map(|beat| there.contains(&beat.machine.0))
        .collect())
}
