//! Which licenses' terms are to be told of, and who of many replicas tells.

use chrono::{DateTime, Utc};
use keystead_domain::event::EventName;
use keystead_domain::words::CheckInInterval;
use keystead_domain::{AccountId, EnvironmentId, LicenseId, PolicyId};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::dialect::{Column, Rows};
use crate::{Db, Result, Tx};

/// A license whose term is near.
#[derive(Clone, Copy, Debug, PartialEq, FromQueryResult)]
pub struct Candidate {
    /// The license.
    pub id: LicenseId,
    /// Its account.
    pub account_id: AccountId,
    /// Its environment.
    pub environment_id: Option<EnvironmentId>,
    /// The time that the notice is about: its expiry, or its last check-in.
    pub at: DateTimeUtc,
}

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The notice; licenses that it was told of after `told_after` are left out.
    pub notice: EventName,
    /// See above.
    pub told_after: DateTime<Utc>,
    /// The earliest time.
    pub from: DateTime<Utc>,
    /// What the times are before.
    pub until: DateTime<Utc>,
    /// Where the batch before ended.
    pub after: Option<(DateTime<Utc>, LicenseId)>,
    /// How many at most.
    pub limit: u64,
}

/// Licenses that expire in a window, in order. Uses `licenses_expiry`.
///
/// # Errors
/// When the database fails.
pub async fn expiring(db: &Db, wanted: Wanted) -> Result<Vec<Candidate>> {
    read(db, "licenses.expiry", "1 = 1", Vec::new(), wanted).await
}

/// Licenses of a policy that checked in last in a window and haven't expired at `now`, in order.
/// Uses `licenses_check_in`.
///
/// # Errors
/// When the database fails.
pub async fn checking_in(
    db: &Db,
    policy: PolicyId,
    now: DateTime<Utc>,
    wanted: Wanted,
) -> Result<Vec<Candidate>> {
    let condition = "licenses.policy_id = $5 \
        AND (licenses.expiry IS NULL OR licenses.expiry >= $6)";
    let values = vec![policy.into(), now.into()];
    read(db, "licenses.last_check_in_at", condition, values, wanted).await
}

async fn read(
    db: &Db,
    column: &str,
    condition: &str,
    more: Vec<Value>,
    wanted: Wanted,
) -> Result<Vec<Candidate>> {
    let Wanted { limit, .. } = wanted;
    let mut values: Vec<Value> = vec![
        wanted.from.into(),
        wanted.until.into(),
        wanted.notice.as_str().into(),
        wanted.told_after.into(),
    ];
    values.extend(more);
    let after = match wanted.after {
        Some((at, id)) => {
            let first = values.len() + 1;
            values.push(at.into());
            values.push(id.into());
            format!("AND ({column}, licenses.id) > (${first}, ${})", first + 1)
        }
        None => String::new(),
    };
    let sql = format!(
        "SELECT licenses.id AS id, licenses.account_id AS account_id, \
         licenses.environment_id AS environment_id, {column} AS at FROM licenses \
         WHERE {column} >= $1 AND {column} < $2 AND NOT EXISTS (SELECT 1 FROM license_notices \
         WHERE license_notices.license_id = licenses.id AND license_notices.kind = $3 \
         AND license_notices.sent_at > $4) AND {condition} {after} \
         ORDER BY {column}, licenses.id LIMIT {limit}"
    );
    let rows = db.query_all_raw(db.statement(sql, values)).await?;
    Ok(rows
        .iter()
        .map(|row| Candidate::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// A policy whose licenses must check in.
#[derive(Clone, Copy, Debug, PartialEq, FromQueryResult)]
pub struct CheckIns {
    /// The policy.
    pub id: PolicyId,
    /// How often: the unit.
    pub check_in_interval: CheckInInterval,
    /// And how many of it.
    pub check_in_interval_count: i64,
}

/// Policies whose licenses must check in, in order of their ids, `after` one. Uses
/// `policies_check_in`.
///
/// # Errors
/// When the database fails.
pub async fn check_ins(db: &Db, after: Option<PolicyId>, limit: u64) -> Result<Vec<CheckIns>> {
    let mut values: Vec<Value> = Vec::new();
    let after = match after {
        Some(after) => {
            values.push(after.into());
            "AND id > $1"
        }
        None => "",
    };
    let sql = format!(
        "SELECT id, check_in_interval, check_in_interval_count FROM policies \
         WHERE require_check_in AND check_in_interval IS NOT NULL \
         AND check_in_interval_count IS NOT NULL {after} ORDER BY id LIMIT {limit}"
    );
    let rows = db.query_all_raw(db.statement(sql, values)).await?;
    Ok(rows
        .iter()
        .map(|row| CheckIns::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// Notes that a notice is told of these licenses now, and answers of which it is for the caller
/// to tell: not of those that it was told of after `told_after`, nor of those that are gone.
///
/// # Errors
/// When the database fails.
pub async fn claim(
    tx: &Tx,
    notice: EventName,
    mut licenses: Vec<LicenseId>,
    told_after: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<LicenseId>> {
    // Two replicas that tell of the same licenses lock them in the same order.
    licenses.sort_unstable();
    let ids = Column::Uuids(licenses.iter().map(|id| id.0).collect());
    let rows = Rows::new("v", vec![("id", ids)]);
    let from = rows.sql(tx.dialect(), 4);
    let sql = format!(
        "INSERT INTO license_notices (license_id, kind, sent_at) \
         SELECT licenses.id, $1, $2 FROM {from} JOIN licenses ON licenses.id = v.id WHERE 1 = 1 \
         ON CONFLICT (license_id, kind) DO UPDATE SET sent_at = excluded.sent_at \
         WHERE license_notices.sent_at <= $3 RETURNING license_id"
    );
    let values = [notice.as_str().into(), now.into(), told_after.into()];
    let values = values.into_iter().chain(rows.values(tx.dialect()));
    let claimed: Vec<LicenseId> = tx
        .query_all_raw(tx.statement(sql, values))
        .await?
        .iter()
        .map(|row| row.try_get("", "license_id"))
        .collect::<Result<_, _>>()?;
    touch(tx, &claimed, now).await?;
    Ok(claimed)
}

/// What was told of a license counts as a change of it.
async fn touch(tx: &Tx, licenses: &[LicenseId], now: DateTime<Utc>) -> Result<()> {
    if licenses.is_empty() {
        return Ok(());
    }
    let ids = Column::Uuids(licenses.iter().map(|id| id.0).collect());
    let rows = Rows::new("v", vec![("id", ids)]);
    let sql = format!(
        "UPDATE licenses SET updated_at = CASE WHEN licenses.updated_at > $1 \
         THEN licenses.updated_at ELSE $1 END FROM {} WHERE licenses.id = v.id",
        rows.sql(tx.dialect(), 2)
    );
    let values = std::iter::once(now.into()).chain(rows.values(tx.dialect()));
    tx.execute_raw(tx.statement(sql, values)).await?;
    Ok(())
}
