//! The outbox: jobs, written in the transaction of the change that asks for them.
//!
//! A row is waiting, running (lent to a worker until its lease runs out) or dead; a finished job
//! has no row. Workers on SQL run jobs from this very table, others are fed from it.

mod dead;
mod keys;
mod lease;
pub mod schedules;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, ExecResult, QueryResult, Statement};

pub use dead::{DeadJob, QueueStats, dead_letters, drop_dead, prune, retry_dead, stats};
pub use keys::once;
pub use lease::{Claimed, Outcome, Settled, claim, hand_back, lend, recover, renew, settle};

use crate::dialect::{Column, Rows};
use crate::{Db, Result, Tx};

/// Rows in one statement at most; a larger batch takes several.
const CHUNK: usize = 1_000;

const WAITING: i64 = 0;
const RUNNING: i64 = 1;
const DEAD: i64 = 2;

/// A job that is to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// Which workers take it.
    pub queue: String,
    /// What is to be done: the name of a handler.
    pub kind: String,
    /// The shape of the payload, so that old jobs outlive an upgrade.
    pub version: u16,
    /// What the handler needs to know.
    pub payload: serde_json::Value,
    /// At most one job of this queue with this key is waiting or running; another is let drop.
    pub unique: Option<String>,
    /// Not before this time; at once if none.
    pub run_at: Option<DateTime<Utc>>,
    /// How often it may be tried before it is a dead letter.
    pub max_attempts: u32,
}

/// Writes jobs with the change that asks for them: both happen or neither does.
///
/// Returns how many were added; the others have a key that is waiting or running already.
/// Until this transaction ends, others that put the same key wait for it.
///
/// # Errors
/// When the database fails.
pub async fn put(tx: &Tx, now: DateTime<Utc>, jobs: &[NewJob]) -> Result<u64> {
    let mut added = 0;
    for statement in insertions(tx.dialect(), now, jobs) {
        added += tx.execute_raw(statement).await?.rows_affected();
    }
    Ok(added)
}

/// Like [`put`], in a transaction of its own.
///
/// # Errors
/// When the database fails; of a large batch, a part may have been written.
pub async fn enqueue(db: &Db, now: DateTime<Utc>, jobs: &[NewJob]) -> Result<u64> {
    let mut added = 0;
    for statement in insertions(db.dialect(), now, jobs) {
        added += write(db, statement).await?.rows_affected();
    }
    Ok(added)
}

fn insertions(
    dialect: crate::dialect::Dialect,
    now: DateTime<Utc>,
    jobs: &[NewJob],
) -> Vec<Statement> {
    // Two transactions that put the same keys in opposite order would wait for each other.
    let mut sorted: Vec<&NewJob> = jobs.iter().collect();
    sorted.sort_by(|a, b| (&a.unique, &a.queue).cmp(&(&b.unique, &b.queue)));

    sorted
        .chunks(CHUNK)
        .map(|jobs| {
            let texts = |get: fn(&NewJob) -> &str| {
                Column::Texts(jobs.iter().map(|job| get(job).to_owned()).collect())
            };
            let ints = |get: &dyn Fn(&NewJob) -> i64| {
                Column::Ints(jobs.iter().map(|job| get(job)).collect())
            };
            let rows = Rows::new(
                "new",
                vec![
                    ("queue", texts(|job| &job.queue)),
                    ("kind", texts(|job| &job.kind)),
                    ("version", ints(&|job| job.version.into())),
                    ("payload", Column::Texts(jobs.iter().map(|j| j.payload.to_string()).collect())),
                    ("unique_key", texts(|job| job.unique.as_deref().unwrap_or_default())),
                    ("due_at", ints(&|job| micros(job.run_at.unwrap_or(now)))),
                    ("max_attempts", ints(&|job| job.max_attempts.max(1).into())),
                ],
            );
            // `WHERE true` tells SQLite that the `ON` after it belongs to no join.
            let sql = format!(
                "INSERT INTO jobs
                   (queue, kind, version, payload, unique_key, due_at, max_attempts, created_at)
                 SELECT queue, kind, version, payload, nullif(unique_key, ''), due_at, max_attempts, $1
                 FROM {} WHERE true
                 ON CONFLICT (queue, unique_key) WHERE unique_key IS NOT NULL AND state < 2
                 DO NOTHING",
                rows.sql(dialect, 2)
            );
            let mut values = vec![Value::from(micros(now))];
            values.extend(rows.values(dialect));
            statement(dialect, sql, values)
        })
        .collect()
}

fn statement(dialect: crate::dialect::Dialect, sql: String, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(dialect.backend(), sql, values)
}

/// One statement that is a transaction by itself.
async fn write(db: &Db, statement: Statement) -> Result<ExecResult> {
    match writer(db).await? {
        None => Ok(db.execute_raw(statement).await?),
        Some(tx) => {
            let done = tx.execute_raw(statement).await?;
            tx.commit().await?;
            Ok(done)
        }
    }
}

/// Like [`write`], for a statement that returns rows.
async fn write_returning(db: &Db, statement: Statement) -> Result<Vec<QueryResult>> {
    match writer(db).await? {
        None => Ok(db.query_all_raw(statement).await?),
        Some(tx) => {
            let rows = tx.query_all_raw(statement).await?;
            tx.commit().await?;
            Ok(rows)
        }
    }
}

/// SQLite's writers queue up in the process; PostgreSQL needs no round trips for `BEGIN` and
/// `COMMIT` around a single statement.
async fn writer(db: &Db) -> Result<Option<Tx>> {
    if db.dialect().has_one_writer() {
        Ok(Some(db.begin().await?))
    } else {
        Ok(None)
    }
}

fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

/// Times beyond what a calendar holds can't have been written by [`micros`].
fn time(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

/// A text that both databases store: PostgreSQL refuses NUL, and nobody reads a novel.
fn told(text: &str) -> String {
    text.chars().filter(|&c| c != '\0').take(2_000).collect()
}
