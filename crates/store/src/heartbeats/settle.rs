//! What sweeps find out about those that stay, machines and processes alike.

use chrono::{DateTime, Utc};
use keystead_domain::{MachineId, ProcessId};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::dialect::{Column, Rows};
use crate::{Result, Tx};

/// The id of something that has a heart.
pub trait Hearted: Copy {
    /// Where hearts of its kind are.
    const TABLE: &'static str;
    /// The column there that says whose they are.
    const WHOSE: &'static str;

    /// The id itself.
    fn uuid(self) -> Uuid;
}

impl Hearted for MachineId {
    const TABLE: &'static str = "heartbeats";
    const WHOSE: &'static str = "machine_id";

    fn uuid(self) -> Uuid {
        self.0
    }
}

impl Hearted for ProcessId {
    const TABLE: &'static str = "process_heartbeats";
    const WHOSE: &'static str = "process_id";

    fn uuid(self) -> Uuid {
        self.0
    }
}

/// What a sweep found out about a machine or a process that stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled<I> {
    /// Which it is.
    pub id: I,
    /// When to look again; none when only a ping or a reset changes anything.
    pub due_at: Option<DateTime<Utc>>,
    /// When its death was told.
    pub died_at: Option<DateTime<Utc>>,
}

/// Writes what a sweep found out about those whose hearts are locked.
///
/// # Errors
/// When the database fails.
pub async fn settle<I: Hearted>(tx: &Tx, settled: &[Settled<I>]) -> Result<()> {
    if settled.is_empty() {
        return Ok(());
    }
    let (table, whose) = (I::TABLE, I::WHOSE);
    let ids = settled.iter().map(|it| it.id.uuid()).collect();
    let due = settled.iter().map(|it| it.due_at).collect();
    let died = settled.iter().map(|it| it.died_at).collect();
    let rows = Rows::new(
        "v",
        vec![
            (whose, Column::Uuids(ids)),
            ("due_at", Column::MaybeTimes(due)),
            ("died_at", Column::MaybeTimes(died)),
        ],
    );
    let sql = format!(
        "UPDATE {table} SET due_at = v.due_at, died_at = v.died_at FROM {} \
         WHERE {table}.{whose} = v.{whose}",
        rows.sql(tx.dialect(), 1)
    );
    tx.execute_raw(tx.statement(sql, rows.values(tx.dialect())))
        .await?;
    Ok(())
}
