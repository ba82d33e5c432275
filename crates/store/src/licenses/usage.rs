//! The count of a license's uses, decided by the statement that writes it.

use chrono::{DateTime, Utc};
use keystead_domain::LicenseId;
use sea_orm::ConnectionTrait;

use crate::{Result, Tx};

/// Whether a change of the uses was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// It was.
    Written,
    /// The count would leave its bounds, or there is no such license.
    Refused,
}

/// Adds `by` to the uses of a license, if they stay between zero and its effective maximum; a
/// maximum of 0 is none. `by` fits 32 bits, and so does the count.
///
/// Racing writers wait for each other's row, and each compares with what the others left.
///
/// # Errors
/// When the database fails.
pub async fn spend(tx: &Tx, id: LicenseId, by: i64, now: DateTime<Utc>) -> Result<Spent> {
    let sql = "UPDATE licenses SET uses = uses + $2, \
        updated_at = CASE WHEN updated_at > $3 THEN updated_at ELSE $3 END \
        WHERE id = $1 AND uses + $2 BETWEEN 0 AND coalesce(nullif(max_uses, 0), \
        (SELECT nullif(policies.max_uses, 0) FROM policies \
        WHERE policies.id = licenses.policy_id), 2147483647) AND uses + $2 <= 2147483647";
    let values = [id.into(), by.into(), now.into()];
    let written = tx.execute_raw(tx.statement(sql, values)).await?;
    Ok(match written.rows_affected() {
        0 => Spent::Refused,
        _ => Spent::Written,
    })
}

/// Notes when a license was checked out last.
///
/// # Errors
/// When the database fails.
pub async fn checked_out(tx: &Tx, id: LicenseId, now: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE licenses SET last_check_out_at = $2, \
        updated_at = CASE WHEN updated_at > $2 THEN updated_at ELSE $2 END WHERE id = $1";
    tx.execute_raw(tx.statement(sql, [id.into(), now.into()]))
        .await?;
    Ok(())
}
