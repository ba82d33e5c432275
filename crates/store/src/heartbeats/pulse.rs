//! When the server was last alive, and when it was not.

use chrono::{DateTime, Utc};
use keystead_domain::heartbeat::Gap;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{Db, Result, Tx};

/// There is one pulse for all replicas.
const ID: i64 = 1;

/// Moves the newest pulse to `now`, unless it is older than `oldest`: then somebody has to look
/// into a gap first. True when the server is known to have been alive.
///
/// # Errors
/// When the database fails.
pub async fn keep_alive(db: &Db, oldest: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE server_pulse SET alive_at = \
        CASE WHEN alive_at > $3 THEN alive_at ELSE $3 END \
        WHERE id = $1 AND alive_at >= $2 RETURNING id";
    let values = [ID.into(), oldest.into(), now.into()];
    Ok(!super::write(db, db.statement(sql, values))
        .await?
        .is_empty())
}

/// The newest pulse, locked until the transaction ends; the first call ever leaves one at `now`.
///
/// # Errors
/// When the database fails.
pub async fn lock_pulse(tx: &Tx, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let sql = "INSERT INTO server_pulse (id, alive_at) VALUES ($1, $2) \
        ON CONFLICT (id) DO UPDATE SET alive_at = server_pulse.alive_at RETURNING alive_at";
    let row = tx
        .query_one_raw(tx.statement(sql, [ID.into(), now.into()]))
        .await?;
    match row {
        Some(row) => Ok(row.try_get("", "alive_at")?),
        None => Ok(now),
    }
}

/// Notes a gap, and that it is over.
///
/// # Errors
/// When the database fails.
pub async fn note_gap(tx: &Tx, id: Uuid, gap: Gap) -> Result<()> {
    let sql = "INSERT INTO amnesties (id, gap_from, gap_until) VALUES ($1, $2, $3)";
    let values = [id.into(), gap.from.into(), gap.until.into()];
    tx.execute_raw(tx.statement(sql, values)).await?;
    set_pulse(tx, gap.until).await
}

/// Moves the pulse that [`lock_pulse`] holds.
///
/// # Errors
/// When the database fails.
pub async fn set_pulse(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE server_pulse SET alive_at = $2 WHERE id = $1";
    tx.execute_raw(tx.statement(sql, [ID.into(), now.into()]))
        .await?;
    Ok(())
}

/// The newest gaps, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn gaps<C: ConnectionTrait>(connection: &C, limit: u64) -> Result<Vec<Gap>> {
    let sql =
        format!("SELECT gap_from, gap_until FROM amnesties ORDER BY gap_until DESC LIMIT {limit}");
    let statement = sea_orm::Statement::from_string(connection.get_database_backend(), sql);
    let mut gaps = Vec::new();
    for row in connection.query_all_raw(statement).await? {
        gaps.push(Gap {
            from: row.try_get("", "gap_from")?,
            until: row.try_get("", "gap_until")?,
        });
    }
    gaps.reverse();
    Ok(gaps)
}
