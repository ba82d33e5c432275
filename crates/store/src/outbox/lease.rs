//! Lending jobs to workers and taking back what became of them.
//!
//! A worker holds a job until its lease runs out; it is known by the job's id and attempt, so
//! that a report that comes too late changes nothing.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, QueryResult};

use super::{CHUNK, DEAD, RUNNING, WAITING, micros, statement, told, write, write_returning};
use crate::dialect::{Column, Rows};
use crate::{Db, Result};

/// A job in a worker's hands.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// Never used twice.
    pub id: i64,
    /// The name of its handler.
    pub kind: String,
    /// The shape of its payload.
    pub version: u16,
    /// JSON, as it was put.
    pub payload: String,
    /// Its unique key, if it has one.
    pub unique: Option<String>,
    /// Which try this is, from 1; for a job that was only lent, how many there were.
    pub attempt: u32,
    /// How many there may be.
    pub max_attempts: u32,
}

/// What became of a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is done and forgotten.
    Done,
    /// It failed and is tried again.
    Retry {
        /// Not before this time.
        at: DateTime<Utc>,
        /// Why it failed.
        error: String,
    },
    /// It failed for good and is kept for somebody to look at.
    Dead {
        /// Why.
        error: String,
    },
    /// It was not tried; the attempt does not count.
    Released,
}

/// The report on one job.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// The job.
    pub id: i64,
    /// The attempt that is reported on.
    pub attempt: u32,
    /// What became of it.
    pub outcome: Outcome,
}

/// Takes up to `limit` due jobs for `worker`, earliest first, until `until`.
///
/// # Errors
/// When the database fails.
pub async fn claim(
    db: &Db,
    queue: &str,
    worker: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Claimed>> {
    take(db, queue, worker, now, until, limit, 1).await
}

/// Like [`claim`], for somebody who only passes the jobs on: it is not an attempt.
///
/// # Errors
/// When the database fails.
pub async fn lend(
    db: &Db,
    queue: &str,
    worker: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Claimed>> {
    take(db, queue, worker, now, until, limit, 0).await
}

async fn take(
    db: &Db,
    queue: &str,
    worker: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: u64,
    attempts: i64,
) -> Result<Vec<Claimed>> {
    let dialect = db.dialect();
    // An idle poll must not queue up with SQLite's writers. Index: jobs_due.
    if dialect.has_one_writer() && !any_due(db, queue, now).await? {
        return Ok(Vec::new());
    }
    // Materialized, or PostgreSQL may run the inner query again and take more than the limit.
    let sql = format!(
        "WITH due AS MATERIALIZED (
           SELECT id FROM jobs
           WHERE queue = $1 AND state = {WAITING} AND due_at <= $2
           ORDER BY due_at, id LIMIT $3{}
         )
         UPDATE jobs SET state = {RUNNING}, attempt = attempt + $4, due_at = $5, worker = $6
         WHERE id IN (SELECT id FROM due)
         RETURNING id, kind, version, payload, unique_key, attempt, max_attempts",
        dialect.for_update_skip_locked("jobs")
    );
    let values: Vec<Value> = vec![
        queue.into(),
        micros(now).into(),
        i64::try_from(limit).unwrap_or(i64::MAX).into(),
        attempts.into(),
        micros(until).into(),
        worker.into(),
    ];
    let rows = write_returning(db, statement(dialect, sql, values)).await?;
    let mut claimed = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    claimed.sort_by_key(|job| job.id);
    Ok(claimed)
}

async fn any_due(db: &Db, queue: &str, now: DateTime<Utc>) -> Result<bool> {
    let sql = format!(
        "SELECT 1 AS due FROM jobs
         WHERE queue = $1 AND state = {WAITING} AND due_at <= $2 LIMIT 1"
    );
    let values = vec![queue.into(), micros(now).into()];
    Ok(db
        .query_one_raw(statement(db.dialect(), sql, values))
        .await?
        .is_some())
}

fn read(row: &QueryResult) -> Result<Claimed> {
    let count = |name: &str| -> Result<u32> {
        Ok(u32::try_from(row.try_get::<i32>("", name)?).unwrap_or_default())
    };
    Ok(Claimed {
        id: row.try_get("", "id")?,
        kind: row.try_get("", "kind")?,
        version: u16::try_from(row.try_get::<i32>("", "version")?).unwrap_or(u16::MAX),
        payload: row.try_get("", "payload")?,
        unique: row.try_get("", "unique_key")?,
        attempt: count("attempt")?,
        max_attempts: count("max_attempts")?,
    })
}

/// Records what became of jobs. A job that is no longer in the reporter's hands is left alone.
///
/// # Errors
/// When the database fails; the same report may be sent again.
pub async fn settle(db: &Db, now: DateTime<Utc>, reports: &[Settled]) -> Result<()> {
    let (done, kept): (Vec<_>, Vec<_>) = reports
        .iter()
        .partition(|report| report.outcome == Outcome::Done);
    for chunk in done.chunks(CHUNK) {
        finish(db, chunk).await?;
    }
    for chunk in kept.chunks(CHUNK) {
        keep(db, now, chunk).await?;
    }
    Ok(())
}

async fn finish(db: &Db, reports: &[&Settled]) -> Result<()> {
    let held = held(
        "held",
        reports.iter().map(|report| (report.id, report.attempt)),
    );
    let sql = format!(
        "DELETE FROM jobs
         WHERE (id, attempt) IN (SELECT held.id, held.attempt FROM {}) AND state = {RUNNING}",
        held.sql(db.dialect(), 1)
    );
    write(db, statement(db.dialect(), sql, held.values(db.dialect()))).await?;
    Ok(())
}

async fn keep(db: &Db, now: DateTime<Utc>, reports: &[&Settled]) -> Result<()> {
    let mut states = Vec::with_capacity(reports.len());
    let mut due = Vec::with_capacity(reports.len());
    let mut uncounted = Vec::with_capacity(reports.len());
    let mut errors = Vec::with_capacity(reports.len());
    for report in reports {
        let (state, at, back, error) = match &report.outcome {
            Outcome::Retry { at, error } => (WAITING, *at, 0, error.as_str()),
            Outcome::Dead { error } => (DEAD, now, 0, error.as_str()),
            Outcome::Released | Outcome::Done => (WAITING, now, 1, ""),
        };
        states.push(state);
        due.push(micros(at));
        uncounted.push(back);
        errors.push(told(error));
    }
    let rows = Rows::new(
        "report",
        vec![
            (
                "id",
                Column::Ints(reports.iter().map(|report| report.id).collect()),
            ),
            (
                "attempt",
                Column::Ints(reports.iter().map(|report| report.attempt.into()).collect()),
            ),
            ("state", Column::Ints(states)),
            ("due_at", Column::Ints(due)),
            ("uncounted", Column::Ints(uncounted)),
            ("error", Column::Texts(errors)),
        ],
    );
    let sql = format!(
        "UPDATE jobs SET state = report.state, due_at = report.due_at, worker = NULL,
           attempt = jobs.attempt - report.uncounted,
           error = coalesce(nullif(report.error, ''), jobs.error)
         FROM {}
         WHERE jobs.id = report.id AND jobs.attempt = report.attempt AND jobs.state = {RUNNING}",
        rows.sql(db.dialect(), 1)
    );
    write(db, statement(db.dialect(), sql, rows.values(db.dialect()))).await?;
    Ok(())
}

/// Gives back jobs that were [lent](lend) and could not be passed on.
///
/// # Errors
/// When the database fails; they come back when the lease runs out.
pub async fn hand_back(db: &Db, now: DateTime<Utc>, lent: &[(i64, u32)]) -> Result<()> {
    let reports: Vec<Settled> = lent
        .iter()
        // Nothing was counted, and nothing is to be taken off.
        .map(|&(id, attempt)| Settled {
            id,
            attempt,
            outcome: Outcome::Retry {
                at: now,
                error: String::new(),
            },
        })
        .collect();
    settle(db, now, &reports).await
}

/// Extends the leases of the jobs that a worker still holds, given as (id, attempt).
///
/// # Errors
/// When the database fails.
pub async fn renew(db: &Db, until: DateTime<Utc>, jobs: &[(i64, u32)]) -> Result<()> {
    for chunk in jobs.chunks(CHUNK) {
        let held = held("held", chunk.iter().copied());
        let sql = format!(
            "UPDATE jobs SET due_at = $1 FROM {}
             WHERE jobs.id = held.id AND jobs.attempt = held.attempt AND jobs.state = {RUNNING}",
            held.sql(db.dialect(), 2)
        );
        let mut values = vec![micros(until).into()];
        values.extend(held.values(db.dialect()));
        write(db, statement(db.dialect(), sql, values)).await?;
    }
    Ok(())
}

/// Takes back up to `limit` jobs whose lease ran out: their worker is gone. They wait again, or
/// are dead letters when that was their last attempt. Returns how many there were.
///
/// # Errors
/// When the database fails.
pub async fn recover(db: &Db, queue: &str, now: DateTime<Utc>, limit: u64) -> Result<u64> {
    let dialect = db.dialect();
    let sql = format!(
        "WITH lost AS MATERIALIZED (
           SELECT id FROM jobs
           WHERE queue = $1 AND state = {RUNNING} AND due_at <= $2
           ORDER BY due_at, id LIMIT $3{}
         )
         UPDATE jobs SET due_at = $2, worker = NULL, error = 'its worker vanished',
           state = CASE WHEN attempt >= max_attempts THEN {DEAD} ELSE {WAITING} END
         WHERE id IN (SELECT id FROM lost)",
        dialect.for_update_skip_locked("jobs")
    );
    let values = vec![
        queue.into(),
        micros(now).into(),
        i64::try_from(limit).unwrap_or(i64::MAX).into(),
    ];
    Ok(write(db, statement(dialect, sql, values))
        .await?
        .rows_affected())
}

fn held(alias: &'static str, jobs: impl Iterator<Item = (i64, u32)>) -> Rows {
    let (ids, attempts) = jobs.map(|(id, attempt)| (id, i64::from(attempt))).unzip();
    Rows::new(
        alias,
        vec![
            ("id", Column::Ints(ids)),
            ("attempt", Column::Ints(attempts)),
        ],
    )
}
