//! Things that only one of many replicas may do.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{micros, statement, write};
use crate::{Db, Result};

/// Whether the caller is the first to ask for `key` within `ttl`. The database decides: of any
/// number that ask at once, one is told so.
///
/// # Errors
/// When the database fails.
pub async fn once(db: &Db, now: DateTime<Utc>, key: &str, ttl: Duration) -> Result<bool> {
    let sql = "INSERT INTO job_keys (key, expires_at) VALUES ($1, $2)
               ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at
               WHERE job_keys.expires_at <= $3";
    let expires_at = micros(now).saturating_add(i64::try_from(ttl.as_micros()).unwrap_or(i64::MAX));
    let values = vec![key.into(), expires_at.into(), micros(now).into()];
    let done = write(db, statement(db.dialect(), sql.to_owned(), values)).await?;
    Ok(done.rows_affected() == 1)
}
