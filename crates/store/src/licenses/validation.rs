//! What a validation starts from: the license by its key or in the path, with the one machine
//! whose fingerprint the client names.

use keystead_domain::access::{Scope, Seen, Tie, Tied};
use keystead_domain::{AccountId, MachineId, Refused, UserId};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, FromQueryResult, Order};

use super::find::named;
use super::{Loaded, joined};
use crate::cells::{Cells, Listed, answers, listed};
use crate::dialect::{Column, Rows};
use crate::entities::{heartbeat, license, machine};
use crate::fixed::Fixed;
use crate::{Db, Result};

/// A machine as validation sees it: whose it is, and what is known of its heart.
#[derive(Clone, Copy, Debug, PartialEq, FromQueryResult)]
pub struct Pulse {
    /// The machine.
    pub id: MachineId,
    /// The machine's owner.
    pub owner_id: Option<UserId>,
    /// When it was activated.
    pub created_at: DateTimeUtc,
    /// Its last ping.
    pub last_at: Option<DateTimeUtc>,
}

listed!(Pulse as "m_" {
    id: one = "machines.id",
    owner_id: maybe = "machines.owner_id",
    created_at: one = "machines.created_at",
    last_at: maybe = "heartbeats.last_at",
});

/// A license to validate.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The license.
    pub license: Loaded,
    /// Its machine with the fingerprint that was asked for.
    pub machine: Option<Pulse>,
}

impl Tied for Candidate {
    fn tie(&self) -> Tie {
        self.license.tie()
    }
}

/// One key to look up.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The account.
    pub account: AccountId,
    /// The key's SHA-256.
    pub digest: [u8; 32],
    /// The SHA-256 of the fingerprint that the scope names alone.
    pub fingerprint: Option<[u8; 32]>,
}

/// The licenses with these keys in any environment, one answer per key, in order.
///
/// Uses `licenses_key`, `machines_fingerprint` and primary keys.
///
/// # Errors
/// When the database fails.
pub async fn by_key(db: &Db, keys: Vec<Key>) -> Result<Vec<Option<Candidate>>> {
    let count = keys.len();
    let rows = Rows::new(
        "v",
        vec![
            ("n", Column::Ints((0..).take(count).collect())),
            (
                "account_id",
                Column::Uuids(keys.iter().map(|key| key.account.0).collect()),
            ),
            (
                "digest",
                Column::Bytes(keys.iter().map(|key| key.digest.to_vec()).collect()),
            ),
            // No digest is empty, so an empty one finds no machine.
            (
                "fingerprint",
                Column::Bytes(
                    keys.iter()
                        .map(|key| {
                            key.fingerprint
                                .map_or_else(Vec::new, |digest| digest.to_vec())
                        })
                        .collect(),
                ),
            ),
        ],
    );
    static SQL: Fixed = Fixed::new();
    // The machine is looked up in a subquery, because a planner that knows most licenses to have
    // few machines would read all of a license's and compare their fingerprints.
    let sql = SQL.get(db.dialect(), || {
        format!(
            "SELECT {}, {}, v.n AS n FROM {} \
             JOIN licenses ON licenses.account_id = v.account_id \
             AND licenses.key_digest = v.digest \
             JOIN policies ON policies.id = licenses.policy_id \
             LEFT JOIN users ON users.id = licenses.owner_id \
             LEFT JOIN machines ON machines.id = (SELECT named.id FROM machines named \
             WHERE named.license_id = licenses.id AND named.fingerprint_digest = v.fingerprint) \
             LEFT JOIN heartbeats ON heartbeats.machine_id = machines.id",
            Loaded::list(),
            Pulse::list(),
            rows.sql(db.dialect(), 1),
        )
    });
    answers(db, sql, rows, |cells| {
        Ok(Candidate {
            license: Loaded::read(cells)?,
            machine: cells.joined()?,
        })
    })
    .await
}

/// The license with this id or exact key, as [`super::find`], and its machine with the
/// fingerprint, whose SHA-256 is given.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn candidate<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id_or_key: &str,
    digest: [u8; 32],
    fingerprint: Option<[u8; 32]>,
) -> Result<Seen<Candidate>> {
    let mut select = joined(scope);
    select.cond_where(named(id_or_key, digest)).limit(1);
    select.order_by((license::Entity, license::Column::CreatedAt), Order::Asc);
    if let Some(fingerprint) = fingerprint {
        select
            .expr(Expr::cust(Pulse::list()))
            .left_join(
                machine::Entity,
                Condition::all()
                    .add(
                        Expr::col((machine::Entity, machine::Column::LicenseId))
                            .equals((license::Entity, license::Column::Id)),
                    )
                    .add(machine::Column::FingerprintDigest.eq(fingerprint.to_vec())),
            )
            .left_join(
                heartbeat::Entity,
                Expr::col((heartbeat::Entity, heartbeat::Column::MachineId))
                    .equals((machine::Entity, machine::Column::Id)),
            );
    }
    let statement = connection.get_database_backend().build(&select);
    let Some(row) = connection.query_one_raw(statement).await? else {
        return Err(Refused::not_found("license", id_or_key).into());
    };
    let mut cells = Cells::of(&row);
    let license = Loaded::read(&mut cells)?;
    let machine = match fingerprint {
        Some(_) => cells.joined()?,
        None => None,
    };
    Ok(scope.seen(Candidate { license, machine }))
}
