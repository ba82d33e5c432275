//! Processes: what runs on machines, as a scope sees it, with their hearts.

mod due;
mod list;
mod ping;
mod write;

use chrono::{DateTime, Utc};
use keystead_domain::access::{Scope, Seen, Tie, Tied};
use keystead_domain::heartbeat::{Heart, window};
use keystead_domain::term::effective;
use keystead_domain::{ProcessId, Refused};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, FromQueryResult, QueryResult};
use uuid::Uuid;

pub use due::{Due, lock_due, remove};
pub use list::{Filter, list};
pub use ping::{Beat, beat, by_ping};
pub use write::{Bucket, delete, insert, running, update};

use crate::columns::columns;
use crate::entities::machine_process::{Column, Entity};
use crate::entities::{Process, process_heartbeat};
use crate::parts::{self, Surroundings};
use crate::{Result, Tx};

/// What a look-up that finds nothing calls it.
const NOUN: &str = "machine process";

/// A process with its heart, and what surrounds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The process.
    pub process: Process,
    /// What is known of its heart.
    pub pulse: Pulse,
    /// Its machine's license and policy.
    pub of: Surroundings,
}

/// What is stored of a process's heart, which beats from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Pulse {
    /// The last ping.
    pub last_at: DateTimeUtc,
    /// When the sweep looks next.
    pub due_at: Option<DateTimeUtc>,
    /// When a sweep found the process dead; cleared by a resurrection only.
    pub died_at: Option<DateTimeUtc>,
}

/// The columns of [`Pulse`] under the prefix `pulse_`, from `process_heartbeats`.
const PULSE: &str = "process_heartbeats.last_at AS pulse_last_at, \
    process_heartbeats.due_at AS pulse_due_at, process_heartbeats.died_at AS pulse_died_at";

impl Loaded {
    /// The process's heart, judged by its current policy; without what an amnesty excuses.
    pub fn heart(&self) -> Heart {
        Heart {
            window: window(self.of.heartbeat_duration),
            required: true,
            created: self.process.created_at,
            last_at: Some(self.pulse.last_at),
            excused_until: None,
        }
    }

    /// When anything about the process changed last; pings count, and so does its death.
    pub fn updated_at(&self) -> DateTime<Utc> {
        let Pulse {
            last_at, died_at, ..
        } = self.pulse;
        [Some(last_at), died_at]
            .into_iter()
            .flatten()
            .fold(self.process.updated_at, Ord::max)
    }
}

impl Surroundings {
    /// How many processes may run on the machine: its own limit, else the license's.
    pub fn machine_processes(&self) -> Option<i64> {
        self.machine_max_processes.or(self.license_processes())
    }

    /// How many processes the license may run: its own limit, else its policy's.
    pub fn license_processes(&self) -> Option<i64> {
        effective(self.license_max_processes, self.policy_max_processes)
    }
}

impl Tied for Loaded {
    fn tie(&self) -> Tie {
        self.of.tie(self.process.environment_id)
    }
}

fn visible(scope: &Scope) -> Condition {
    parts::visible(
        scope,
        (Column::AccountId, Column::EnvironmentId, Column::MachineId),
    )
}

fn select_list() -> String {
    format!("{}, {PULSE}", columns::<Entity>("machine_processes"))
}

fn joined() -> SelectStatement {
    parts::joined(select_list(), "machine_processes")
        .inner_join(
            process_heartbeat::Entity,
            Expr::col(("process_heartbeats", "process_id")).equals(("machine_processes", "id")),
        )
        .take()
}

fn loaded(row: &QueryResult) -> Result<Loaded> {
    Ok(Loaded {
        process: Process::from_query_result(row, "machine_processes_")?,
        pulse: Pulse::from_query_result(row, "pulse_")?,
        of: Surroundings::from_query_result(row, "of_")?,
    })
}

/// The process with this id.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: &str,
) -> Result<Seen<Loaded>> {
    let not_found = || Refused::not_found(NOUN, id);
    let uuid = Uuid::parse_str(id).map_err(|_| not_found())?;
    let mut select = joined();
    select
        .cond_where(visible(scope))
        .and_where(Column::Id.eq(uuid));
    let statement = connection.get_database_backend().build(&select);
    match connection.query_one_raw(statement).await? {
        Some(row) => Ok(scope.seen(loaded(&row)?)),
        None => Err(not_found().into()),
    }
}

/// The processes with these ids that there are, whoever asks: for sweeps.
///
/// # Errors
/// When the database fails.
pub async fn by_ids(tx: &Tx, ids: &[ProcessId]) -> Result<Vec<Loaded>> {
    let select = joined()
        .and_where(Column::Id.is_in(ids.iter().copied()))
        .take();
    let statement = tx.get_database_backend().build(&select);
    tx.query_all_raw(statement)
        .await?
        .iter()
        .map(loaded)
        .collect()
}

/// What a look-up is told that finds no process with this id.
pub fn not_found(id: ProcessId) -> Refused {
    Refused::not_found(NOUN, &id.to_string())
}
