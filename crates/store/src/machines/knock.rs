//! A license that pings one of its machines: who asks and what is pinged, in one statement.

use keystead_domain::AccountId;
use uuid::Uuid;

use super::Loaded;
use crate::cells::{Listed, answers};
use crate::credentials::LicenseHolder;
use crate::dialect::{Column, Rows};
use crate::fixed::Fixed;
use crate::{Db, Result};

/// A license's key, and the machine that it names.
#[derive(Clone, Copy, Debug)]
pub struct Knock {
    /// The account.
    pub account: AccountId,
    /// The SHA-256 of the license's key.
    pub key: [u8; 32],
    /// The machine's id, if the segment looks like one.
    pub machine: Option<Uuid>,
    /// The SHA-256 of the segment, which may be a fingerprint.
    pub fingerprint: [u8; 32],
}

/// The licenses with these keys, each with its machine of this name if it has one; as many answers
/// as were asked for, in order. An id goes before a fingerprint.
///
/// Uses `licenses_key`, `machines_fingerprint` and primary keys.
///
/// # Errors
/// When the database fails.
pub async fn by_knock(
    db: &Db,
    knocks: Vec<Knock>,
) -> Result<Vec<Option<(LicenseHolder, Option<Loaded>)>>> {
    let rows = rows(&knocks);
    let dialect = db.dialect();
    static SQL: Fixed = Fixed::new();
    // The machine is looked up in subqueries, because a planner that knows most licenses to have
    // few machines would read all of a license's. The second is run when the first finds none.
    let sql = SQL.get(dialect, || {
        format!(
            "SELECT {}, {}, v.n AS n FROM {} \
             JOIN licenses ON licenses.account_id = v.account_id AND licenses.key_digest = v.key \
             JOIN policies ON policies.id = licenses.policy_id \
             LEFT JOIN users owners ON owners.id = licenses.owner_id \
             LEFT JOIN machines ON machines.id = coalesce( \
             (SELECT it.id FROM machines it WHERE it.id = v.machine \
             AND it.license_id = licenses.id), \
             (SELECT it.id FROM machines it WHERE it.license_id = licenses.id \
             AND it.fingerprint_digest = v.fingerprint)) \
             LEFT JOIN heartbeats ON heartbeats.machine_id = machines.id",
            LicenseHolder::list(),
            Loaded::list(),
            rows.sql(dialect, 1),
        )
    });
    answers(db, sql, rows, |cells| {
        Ok((LicenseHolder::read(cells)?, cells.joined()?))
    })
    .await
}

fn rows(knocks: &[Knock]) -> Rows {
    let digests = |of: fn(&Knock) -> [u8; 32]| {
        Column::Bytes(knocks.iter().map(|knock| of(knock).to_vec()).collect())
    };
    let accounts = knocks.iter().map(|knock| knock.account.0).collect();
    let machines = knocks.iter().map(|knock| knock.machine).collect();
    Rows::new(
        "v",
        vec![
            ("n", Column::Ints((0..).take(knocks.len()).collect())),
            ("account_id", Column::Uuids(accounts)),
            ("key", digests(|knock| knock.key)),
            ("machine", Column::MaybeUuids(machines)),
            ("fingerprint", digests(|knock| knock.fingerprint)),
        ],
    )
}
