//! The records of an environment that was deleted, removed in pieces of a bounded size.
//!
//! Nobody enters the environment any more, so nothing is added meanwhile. Foreign keys would remove
//! it all, too, but in one statement that takes as long as the environment is large.

use std::collections::BTreeMap;

use keystead_domain::words::BearerKind;
use keystead_domain::{EnvironmentId, LicenseId};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Value;
use uuid::Uuid;

use crate::dialect::{Column, Rows};
use crate::{Result, Tx};

/// Records of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    table: &'static str,
    /// What hangs on them besides what foreign keys know.
    leaves: Leaves,
}

/// What records leave behind when they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaves {
    Nothing,
    /// Tokens, which point to bearers of four kinds.
    Tokens(BearerKind),
    /// What they took of licenses, which may be global ones.
    Seats,
    /// Places among the users of licenses, which may be global ones.
    Places,
}

/// Everything in an environment, what hangs on others first, so that little goes along with each.
#[rustfmt::skip]
pub const PIECES: &[Piece] = &[
    Piece { table: "machines",             leaves: Leaves::Seats },
    Piece { table: "license_users",        leaves: Leaves::Places },
    Piece { table: "license_entitlements", leaves: Leaves::Nothing },
    Piece { table: "licenses",             leaves: Leaves::Tokens(BearerKind::License) },
    Piece { table: "keys",                 leaves: Leaves::Nothing },
    Piece { table: "policy_entitlements",  leaves: Leaves::Nothing },
    Piece { table: "policies",             leaves: Leaves::Nothing },
    Piece { table: "products",             leaves: Leaves::Tokens(BearerKind::Product) },
    Piece { table: "entitlements",         leaves: Leaves::Nothing },
    Piece { table: "group_owners",         leaves: Leaves::Nothing },
    Piece { table: "users",                leaves: Leaves::Tokens(BearerKind::User) },
    Piece { table: "groups",               leaves: Leaves::Nothing },
    Piece { table: "tokens",               leaves: Leaves::Nothing },
];

/// Removes up to `limit` records of one kind; how many there were. Uses the table's index by
/// environment.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &Tx, piece: Piece, environment: EnvironmentId, limit: u64) -> Result<u64> {
    let Piece { table, leaves } = piece;
    let returning = match leaves {
        Leaves::Nothing | Leaves::Tokens(_) => "id",
        Leaves::Seats => "license_id, cores, memory, disk",
        Leaves::Places => "license_id",
    };
    let sql = format!(
        "DELETE FROM {table} WHERE id IN \
         (SELECT id FROM {table} WHERE environment_id = $1 LIMIT {limit}) RETURNING {returning}"
    );
    let gone = tx
        .query_all_raw(tx.statement(sql, [environment.into()]))
        .await?;
    match leaves {
        Leaves::Nothing => {}
        Leaves::Tokens(kind) => {
            let ids: Result<Vec<Uuid>, _> = gone.iter().map(|row| row.try_get("", "id")).collect();
            remove_tokens(tx, kind, ids?).await?;
        }
        Leaves::Seats | Leaves::Places => {
            let mut less: BTreeMap<LicenseId, [i64; 5]> = BTreeMap::new();
            for row in &gone {
                let sums = less.entry(row.try_get("", "license_id")?).or_default();
                if leaves == Leaves::Places {
                    sums[4] += 1;
                    continue;
                }
                sums[0] += 1;
                for (at, column) in [(1, "cores"), (2, "memory"), (3, "disk")] {
                    sums[at] += row.try_get::<Option<i64>>("", column)?.unwrap_or(0);
                }
            }
            give_back(tx, less).await?;
        }
    }
    Ok(gone.len() as u64)
}

async fn remove_tokens(tx: &Tx, kind: BearerKind, bearers: Vec<Uuid>) -> Result<()> {
    if bearers.is_empty() {
        return Ok(());
    }
    let rows = Rows::new("v", vec![("id", Column::Uuids(bearers))]);
    let sql = format!(
        "DELETE FROM tokens WHERE bearer_kind = $1 AND bearer_id IN (SELECT v.id FROM {})",
        rows.sql(tx.dialect(), 2)
    );
    let mut values: Vec<Value> = vec![kind.into()];
    values.extend(rows.values(tx.dialect()));
    tx.execute_raw(tx.statement(sql, values)).await?;
    Ok(())
}

/// Licenses count what is gone no longer: machines, cores, memory, disk, users.
async fn give_back(tx: &Tx, less: BTreeMap<LicenseId, [i64; 5]>) -> Result<()> {
    if less.is_empty() {
        return Ok(());
    }
    let sum = |at: usize| Column::Ints(less.values().map(|sums| sums[at]).collect());
    let rows = Rows::new(
        "v",
        vec![
            ("id", Column::Uuids(less.keys().map(|id| id.0).collect())),
            ("machines", sum(0)),
            ("cores", sum(1)),
            ("memory", sum(2)),
            ("disk", sum(3)),
            ("members", sum(4)),
        ],
    );
    let sql = format!(
        "UPDATE licenses SET machines_count = machines_count - v.machines, \
         machines_cores = machines_cores - v.cores, machines_memory = machines_memory - v.memory, \
         machines_disk = machines_disk - v.disk, users_count = users_count - v.members \
         FROM {} WHERE licenses.id = v.id",
        rows.sql(tx.dialect(), 1)
    );
    tx.execute_raw(tx.statement(sql, rows.values(tx.dialect())))
        .await?;
    Ok(())
}

/// Forgets an emptied environment, and what is left of it.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &Tx, id: EnvironmentId) -> Result<()> {
    remove_tokens(tx, BearerKind::Environment, vec![id.0]).await?;
    let sql = "DELETE FROM environments WHERE id = $1 AND deleted_at IS NOT NULL";
    tx.execute_raw(tx.statement(sql, [id.into()])).await?;
    Ok(())
}
