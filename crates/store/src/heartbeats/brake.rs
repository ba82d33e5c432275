//! The brake's memory: how many machines sweeps removed from an account lately, and whether they
//! had to stop.

use chrono::{DateTime, Utc};
use keystead_domain::AccountId;
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::dialect::{Column, Rows};
use crate::{Db, Result, Tx};

/// The state of an account's brake.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Brake {
    /// The account.
    pub account_id: AccountId,
    /// Since when culls are counted.
    pub counted_from: DateTimeUtc,
    /// How many there were.
    pub culled: i64,
    /// When the brake was pulled, if it was.
    pub pulled_at: Option<DateTimeUtc>,
    /// When the sweep looks at the account's dead again.
    pub holds_until: Option<DateTimeUtc>,
    /// How many machines would have gone.
    pub would_cull: i64,
    /// Of how many.
    pub of_machines: i64,
    /// When the brake was released.
    pub released_at: Option<DateTimeUtc>,
    /// By whom.
    pub released_by: Option<String>,
}

const COLUMNS: &str = "account_id, counted_from, culled, pulled_at, holds_until, would_cull, \
    of_machines, released_at, released_by";

impl Brake {
    /// Whether the account's culls wait.
    pub fn is_pulled(&self) -> bool {
        self.pulled_at.is_some() && self.released_at.is_none()
    }
}

/// The brakes of these accounts, as far as they have one.
///
/// # Errors
/// When the database fails.
pub async fn brakes(db: &Db, accounts: &[AccountId]) -> Result<Vec<Brake>> {
    let rows = Rows::new(
        "v",
        vec![(
            "account",
            Column::Uuids(accounts.iter().map(|account| account.0).collect()),
        )],
    );
    let sql = format!(
        "SELECT {COLUMNS} FROM {} JOIN sweep_brakes ON sweep_brakes.account_id = v.account",
        rows.sql(db.dialect(), 1)
    );
    all(db, &sql, rows.values(db.dialect())).await
}

/// Every brake that is pulled, oldest first: what an operator has to look at.
///
/// # Errors
/// When the database fails.
pub async fn pulled(db: &Db) -> Result<Vec<Brake>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM sweep_brakes \
         WHERE pulled_at IS NOT NULL AND released_at IS NULL ORDER BY pulled_at LIMIT 1000"
    );
    all(db, &sql, Vec::new()).await
}

async fn all(db: &Db, sql: &str, values: Vec<Value>) -> Result<Vec<Brake>> {
    let rows = db.query_all_raw(db.statement(sql, values)).await?;
    Ok(rows
        .iter()
        .map(|row| Brake::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// Stores the state of an account's brake.
///
/// # Errors
/// When the database fails.
pub async fn put_brake(tx: &Tx, brake: &Brake) -> Result<()> {
    let sql = format!(
        "INSERT INTO sweep_brakes ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (account_id) DO UPDATE SET counted_from = excluded.counted_from, \
         culled = excluded.culled, pulled_at = excluded.pulled_at, \
         holds_until = excluded.holds_until, would_cull = excluded.would_cull, \
         of_machines = excluded.of_machines, released_at = excluded.released_at, \
         released_by = excluded.released_by"
    );
    let values: [Value; 9] = [
        brake.account_id.into(),
        brake.counted_from.into(),
        brake.culled.into(),
        brake.pulled_at.into(),
        brake.holds_until.into(),
        brake.would_cull.into(),
        brake.of_machines.into(),
        brake.released_at.into(),
        brake.released_by.clone().into(),
    ];
    tx.execute_raw(tx.statement(sql, values)).await?;
    Ok(())
}

/// Adds culls to the accounts' counts; a count that began before `window_start` starts anew.
///
/// # Errors
/// When the database fails.
pub async fn add_culled(
    tx: &Tx,
    culled: &[(AccountId, i64)],
    window_start: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    if culled.is_empty() {
        return Ok(());
    }
    let rows = Rows::new(
        "v",
        vec![
            (
                "account",
                Column::Uuids(culled.iter().map(|(account, _)| account.0).collect()),
            ),
            (
                "count",
                Column::Ints(culled.iter().map(|(_, count)| *count).collect()),
            ),
        ],
    );
    let fresh = "sweep_brakes.counted_from <= $2";
    let sql = format!(
        "INSERT INTO sweep_brakes (account_id, counted_from, culled, would_cull, of_machines) \
         SELECT v.account, $1, v.count, 0, 0 FROM {} WHERE true \
         ON CONFLICT (account_id) DO UPDATE SET \
         culled = CASE WHEN {fresh} THEN excluded.culled \
         ELSE sweep_brakes.culled + excluded.culled END, \
         counted_from = CASE WHEN {fresh} THEN excluded.counted_from \
         ELSE sweep_brakes.counted_from END",
        rows.sql(tx.dialect(), 3),
    );
    let values = [now.into(), window_start.into()]
        .into_iter()
        .chain(rows.values(tx.dialect()));
    tx.execute_raw(tx.statement(sql, values)).await?;
    Ok(())
}

/// How many machines an account has, counted no further than `enough`.
///
/// Uses `machines_by_account`.
///
/// # Errors
/// When the database fails.
pub async fn has_machines(db: &Db, account: AccountId, enough: u64) -> Result<u64> {
    let sql = format!(
        "SELECT count(*) AS n FROM \
         (SELECT 1 FROM machines WHERE account_id = $1 LIMIT {enough}) AS some_machines"
    );
    let row = db
        .query_one_raw(db.statement(sql, [account.into()]))
        .await?;
    let n: i64 = row
        .map(|row| row.try_get("", "n"))
        .transpose()?
        .unwrap_or(0);
    Ok(n.try_into().unwrap_or(0))
}

/// Whether any machine of the account was pinged since then. Walks the account's machines, which
/// is worth it once per window of a pulled brake.
///
/// # Errors
/// When the database fails.
pub async fn pinged_since(db: &Db, account: AccountId, since: DateTime<Utc>) -> Result<bool> {
    let sql = "SELECT 1 AS one FROM heartbeats WHERE account_id = $1 AND last_at > $2 LIMIT 1";
    let row = db
        .query_one_raw(db.statement(sql, [account.into(), since.into()]))
        .await?;
    Ok(row.is_some())
}

/// Releases a brake that is pulled; its state as it was before. None when it isn't pulled.
///
/// # Errors
/// When the database fails.
pub async fn release(
    db: &Db,
    account: AccountId,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Option<Brake>> {
    let sql = format!(
        "UPDATE sweep_brakes SET released_at = $2, released_by = $3 \
         WHERE account_id = $1 AND pulled_at IS NOT NULL AND released_at IS NULL \
         RETURNING {COLUMNS}"
    );
    let values = [account.into(), now.into(), by.into()];
    let rows = super::write(db, db.statement(sql, values)).await?;
    Ok(rows
        .first()
        .map(|row| Brake::from_query_result(row, ""))
        .transpose()?)
}

/// Makes up to `limit` of the machines due that were put aside until `held`; how many.
///
/// Uses `heartbeats_due`.
///
/// # Errors
/// When the database fails.
pub async fn wake(
    db: &Db,
    account: AccountId,
    held: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<usize> {
    let sql = format!(
        "UPDATE heartbeats SET due_at = $3 WHERE machine_id IN \
         (SELECT machine_id FROM heartbeats WHERE account_id = $1 AND due_at = $2 LIMIT {limit}) \
         AND due_at = $2 RETURNING machine_id"
    );
    let values = [account.into(), held.into(), now.into()];
    Ok(super::write(db, db.statement(sql, values)).await?.len())
}
