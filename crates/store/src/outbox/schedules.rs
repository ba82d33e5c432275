//! What runs every so often: which tick was the last, when it fired, and how it ended.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Value;

use super::{micros, statement, time, told, write};
use crate::{Db, Result, Tx};

/// What is known of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleRow {
    /// Its name.
    pub name: String,
    /// When it fired last.
    pub fired_at: DateTime<Utc>,
    /// When its job ended well last.
    pub finished_at: Option<DateTime<Utc>>,
    /// Why its job failed, if it did so since it last ended well.
    pub error: Option<String>,
}

/// Takes a tick for the caller: true for one of all replicas that try.
///
/// Ticks go up. One that is far ahead was taken by a clock that was wrong, and does not count:
/// the schedule would stand still until the right clock caught up.
///
/// # Errors
/// When the database fails.
pub async fn take_tick(tx: &Tx, name: &str, tick: i64, now: DateTime<Utc>) -> Result<bool> {
    let sql = "INSERT INTO schedules (name, tick, fired_at) VALUES ($1, $2, $3)
               ON CONFLICT (name) DO UPDATE SET tick = excluded.tick, fired_at = excluded.fired_at
               WHERE schedules.tick < excluded.tick OR schedules.tick > excluded.tick + 1";
    let values: Vec<Value> = vec![name.into(), tick.into(), micros(now).into()];
    let done = tx
        .execute_raw(statement(tx.dialect(), sql.to_owned(), values))
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes how the job of a schedule ended.
///
/// # Errors
/// When the database fails.
pub async fn finished(
    db: &Db,
    name: &str,
    now: DateTime<Utc>,
    result: Result<(), &str>,
) -> Result<()> {
    let (sql, value): (_, Value) = match result {
        Ok(()) => (
            "UPDATE schedules SET finished_at = $2, error = NULL WHERE name = $1",
            micros(now).into(),
        ),
        Err(error) => (
            "UPDATE schedules SET error = $2 WHERE name = $1",
            told(error).into(),
        ),
    };
    write(
        db,
        statement(db.dialect(), sql.to_owned(), vec![name.into(), value]),
    )
    .await?;
    Ok(())
}

/// Every schedule that ever fired, by name.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &Db) -> Result<Vec<ScheduleRow>> {
    let sql = "SELECT name, fired_at, finished_at, error FROM schedules ORDER BY name";
    db.query_all_raw(statement(db.dialect(), sql.to_owned(), vec![]))
        .await?
        .iter()
        .map(|row| {
            Ok(ScheduleRow {
                name: row.try_get("", "name")?,
                fired_at: time(row.try_get("", "fired_at")?),
                finished_at: row.try_get::<Option<i64>>("", "finished_at")?.map(time),
                error: row.try_get("", "error")?,
            })
        })
        .collect()
}
