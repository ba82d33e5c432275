//! What pings start from: the machines they name, all of them in one statement.

use keystead_domain::{AccountId, LicenseId};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{JOINS, Loaded};
use crate::cells::{Cells, Listed};
use crate::dialect::{Column, Rows};
use crate::fixed::Fixed;
use crate::{Db, Result};

/// A machine to look up.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The account.
    pub account: AccountId,
    /// The machine's id, if the segment looks like one.
    pub id: Option<Uuid>,
    /// The SHA-256 of the segment, and the license to look for it at: fingerprints beyond one
    /// license may be many.
    pub fingerprint: Option<(LicenseId, [u8; 32])>,
}

/// The machines that match, as many lists as were asked for, in order. Nothing says yet that
/// anyone may see them.
///
/// Uses primary keys and `machines_fingerprint`.
///
/// # Errors
/// When the database fails.
pub async fn by_ping(db: &Db, wanted: Vec<Wanted>) -> Result<Vec<Vec<Loaded>>> {
    let count = wanted.len();
    let by_id: Vec<(i64, AccountId, Uuid)> = (0..)
        .zip(&wanted)
        .filter_map(|(n, wanted)| Some((n, wanted.account, wanted.id?)))
        .collect();
    let by_fingerprint: Vec<(i64, LicenseId, [u8; 32])> = (0..)
        .zip(&wanted)
        .filter_map(|(n, wanted)| {
            wanted
                .fingerprint
                .map(|(license, digest)| (n, license, digest))
        })
        .collect();

    let ids = Rows::new(
        "v",
        vec![
            ("n", Column::Ints(by_id.iter().map(|(n, ..)| *n).collect())),
            (
                "account_id",
                Column::Uuids(by_id.iter().map(|(_, account, _)| account.0).collect()),
            ),
            (
                "id",
                Column::Uuids(by_id.iter().map(|(.., id)| *id).collect()),
            ),
        ],
    );
    let fingerprints = Rows::new(
        "v",
        vec![
            (
                "n",
                Column::Ints(by_fingerprint.iter().map(|(n, ..)| *n).collect()),
            ),
            (
                "license_id",
                Column::Uuids(
                    by_fingerprint
                        .iter()
                        .map(|(_, license, _)| license.0)
                        .collect(),
                ),
            ),
            (
                "digest",
                Column::Bytes(
                    by_fingerprint
                        .iter()
                        .map(|(.., digest)| digest.to_vec())
                        .collect(),
                ),
            ),
        ],
    );
    let dialect = db.dialect();
    static SQL: Fixed = Fixed::new();
    // Both halves always, so that there is one prepared statement whatever a batch holds.
    let sql = SQL.get(dialect, || {
        format!(
            "SELECT {columns}, v.n AS n FROM {ids} \
             JOIN machines ON machines.id = v.id AND machines.account_id = v.account_id {JOINS} \
             UNION ALL \
             SELECT {columns}, v.n AS n FROM {fingerprints} \
             JOIN machines ON machines.license_id = v.license_id \
             AND machines.fingerprint_digest = v.digest {JOINS}",
            columns = Loaded::list(),
            ids = ids.sql(dialect, 1),
            fingerprints = fingerprints.sql(dialect, 1 + ids.width(dialect)),
        )
    });
    let values = ids
        .values(dialect)
        .into_iter()
        .chain(fingerprints.values(dialect));
    let mut answers = vec![Vec::new(); count];
    for row in db.query_all_raw(db.statement(sql, values)).await? {
        let mut cells = Cells::of(&row);
        let machine = Loaded::read(&mut cells)?;
        let n: i64 = cells.one()?;
        if let Some(slot) = usize::try_from(n).ok().and_then(|n| answers.get_mut(n)) {
            slot.push(machine);
        }
    }
    Ok(answers)
}
