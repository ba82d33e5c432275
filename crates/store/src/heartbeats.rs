//! Heartbeats: one narrow row per machine. Pings write it in batches, sweeps look at what is due.

mod beat;
mod brake;
mod due;
mod pulse;
mod rewindow;
mod settle;

pub use beat::{Beat, beat};
pub use brake::{
    Brake, add_culled, brakes, has_machines, pinged_since, pulled, put_brake, release, wake,
};
pub use due::{Due, due, lock_due, lock_licenses, remove};
pub use pulse::{gaps, keep_alive, lock_pulse, note_gap, set_pulse};
pub use rewindow::{Window, of_policy, reset, set_due, windows};
pub use settle::{Hearted, Settled, settle};

use crate::{Db, Result};
use sea_orm::{ConnectionTrait, QueryResult, Statement};

/// Runs one writing statement by itself. SQLite's writers queue up in the process; PostgreSQL
/// needs no round trips for `BEGIN` and `COMMIT` around it.
pub(crate) async fn write(db: &Db, statement: Statement) -> Result<Vec<QueryResult>> {
    if !db.dialect().has_one_writer() {
        return Ok(db.query_all_raw(statement).await?);
    }
    let tx = db.begin().await?;
    let rows = tx.query_all_raw(statement).await?;
    tx.commit().await?;
    Ok(rows)
}
