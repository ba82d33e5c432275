//! Looking into the queues: how deep they are, what died in them, and what may be thrown away.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Value;

use super::{DEAD, WAITING, micros, statement, time, write};
use crate::{Db, Result};

/// The state of one queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueStats {
    /// Its name.
    pub queue: String,
    /// Jobs that wait, due or not.
    pub waiting: u64,
    /// Of these, the ones that are due.
    pub due: u64,
    /// Since when the one that has been due longest is.
    pub due_since: Option<DateTime<Utc>>,
    /// Jobs in a worker's hands.
    pub running: u64,
    /// Dead letters.
    pub dead: u64,
}

/// A job that failed for good.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadJob {
    /// Its id.
    pub id: i64,
    /// Where it was queued.
    pub queue: String,
    /// The name of its handler.
    pub kind: String,
    /// JSON, as it was put.
    pub payload: String,
    /// How often it was tried.
    pub attempt: u32,
    /// Why it failed last.
    pub error: Option<String>,
    /// When it was given up.
    pub died_at: DateTime<Utc>,
}

/// Every queue that has a job in any state, by name. Reads the whole of index `jobs_due`: a
/// matter of 100 ms at a million jobs, so ask every few seconds, not every request.
///
/// # Errors
/// When the database fails.
pub async fn stats(db: &Db, now: DateTime<Utc>) -> Result<Vec<QueueStats>> {
    let sql = "SELECT queue, state, count(*) AS jobs, min(due_at) AS first_due,
                 count(CASE WHEN due_at <= $1 THEN 1 END) AS due
               FROM jobs GROUP BY queue, state ORDER BY queue, state";
    let rows = db
        .query_all_raw(statement(
            db.dialect(),
            sql.to_owned(),
            vec![micros(now).into()],
        ))
        .await?;
    let mut queues: Vec<QueueStats> = Vec::new();
    for row in rows {
        let queue: String = row.try_get("", "queue")?;
        let state = i64::from(row.try_get::<i16>("", "state")?);
        let jobs = u64::try_from(row.try_get::<i64>("", "jobs")?).unwrap_or_default();
        if queues.last().is_none_or(|last| last.queue != queue) {
            queues.push(QueueStats {
                queue,
                ..QueueStats::default()
            });
        }
        let Some(entry) = queues.last_mut() else {
            continue;
        };
        match state {
            WAITING => {
                entry.waiting = jobs;
                entry.due = u64::try_from(row.try_get::<i64>("", "due")?).unwrap_or_default();
                if entry.due > 0 {
                    entry.due_since = Some(time(row.try_get("", "first_due")?));
                }
            }
            DEAD => entry.dead = jobs,
            _ => entry.running = jobs,
        }
    }
    Ok(queues)
}

/// The dead letters of a queue, the latest first, `limit` at most.
///
/// # Errors
/// When the database fails.
pub async fn dead_letters(db: &Db, queue: &str, limit: u64) -> Result<Vec<DeadJob>> {
    let sql = format!(
        "SELECT id, queue, kind, payload, attempt, error, due_at FROM jobs
         WHERE queue = $1 AND state = {DEAD} ORDER BY due_at DESC, id DESC LIMIT $2"
    );
    let values: Vec<Value> = vec![
        queue.into(),
        i64::try_from(limit).unwrap_or(i64::MAX).into(),
    ];
    db.query_all_raw(statement(db.dialect(), sql, values))
        .await?
        .iter()
        .map(|row| {
            Ok(DeadJob {
                id: row.try_get("", "id")?,
                queue: row.try_get("", "queue")?,
                kind: row.try_get("", "kind")?,
                payload: row.try_get("", "payload")?,
                attempt: u32::try_from(row.try_get::<i32>("", "attempt")?).unwrap_or_default(),
                error: row.try_get("", "error")?,
                died_at: time(row.try_get("", "due_at")?),
            })
        })
        .collect()
}

/// Gives a dead letter a new life with all its attempts. `false` when there is no such dead
/// letter, or a job with its unique key is waiting or running already.
///
/// # Errors
/// When the database fails.
pub async fn retry_dead(db: &Db, now: DateTime<Utc>, id: i64) -> Result<bool> {
    let sql = format!(
        "UPDATE jobs SET state = {WAITING}, attempt = 0, due_at = $2
         WHERE id = $1 AND state = {DEAD} AND NOT EXISTS (
           SELECT 1 FROM jobs AS other
           WHERE other.queue = jobs.queue AND other.unique_key = jobs.unique_key
             AND other.state < {DEAD}
         )"
    );
    match write(
        db,
        statement(db.dialect(), sql, vec![id.into(), micros(now).into()]),
    )
    .await
    {
        Ok(done) => Ok(done.rows_affected() == 1),
        // Another one with its key was put at this very moment.
        Err(error) if error.is_duplicate() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Throws a dead letter away. `false` when there is none with this id.
///
/// # Errors
/// When the database fails.
pub async fn drop_dead(db: &Db, id: i64) -> Result<bool> {
    let sql = format!("DELETE FROM jobs WHERE id = $1 AND state = {DEAD}");
    let done = write(db, statement(db.dialect(), sql, vec![id.into()])).await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets up to `limit` dead letters of `queue` that died before `before`, and as many keys of
/// [`once`](super::once) that expired before `now`. Returns how many rows went.
///
/// # Errors
/// When the database fails.
pub async fn prune(
    db: &Db,
    queue: &str,
    now: DateTime<Utc>,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<u64> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = format!(
        "DELETE FROM jobs WHERE id IN (
           SELECT id FROM jobs WHERE queue = $1 AND state = {DEAD} AND due_at < $2
           ORDER BY due_at, id LIMIT $3
         )"
    );
    let values: Vec<Value> = vec![queue.into(), micros(before).into(), limit.into()];
    let dead = write(db, statement(db.dialect(), sql, values))
        .await?
        .rows_affected();

    let sql = "DELETE FROM job_keys WHERE key IN (
                 SELECT key FROM job_keys WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2
               )";
    let values = vec![micros(now).into(), limit.into()];
    let keys = write(db, statement(db.dialect(), sql.to_owned(), values))
        .await?
        .rows_affected();
    Ok(dead + keys)
}
