//! What an activation starts from: the license with its policy, for all that arrive together.

use super::Loaded;
use crate::cells::{Listed, answers};
use crate::dialect::{Column, Rows};
use crate::fixed::Fixed;
use crate::{Db, Result};
use keystead_domain::{AccountId, LicenseId};

/// A license that gets a machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Activatable {
    /// The license.
    pub license: Loaded,
    /// Whether the account has webhook endpoints, so that somebody may have to be told.
    pub heard: bool,
}

/// The licenses with these ids in any environment, one answer per id, in order. They are not
/// locked: whatever is decided on them, the statement that writes has to decide again.
///
/// Uses primary keys and `webhook_endpoints_by_account`.
///
/// # Errors
/// When the database fails.
pub async fn to_activate(
    db: &Db,
    wanted: Vec<(AccountId, LicenseId)>,
) -> Result<Vec<Option<Activatable>>> {
    static SQL: Fixed = Fixed::new();
    let count = wanted.len();
    let (accounts, ids) = wanted.into_iter().map(|(a, id)| (a.0, id.0)).unzip();
    let rows = Rows::new(
        "v",
        vec![
            ("n", Column::Ints((0..).take(count).collect())),
            ("account_id", Column::Uuids(accounts)),
            ("id", Column::Uuids(ids)),
        ],
    );
    let sql = SQL.get(db.dialect(), || {
        format!(
            "SELECT {}, EXISTS (SELECT 1 FROM webhook_endpoints \
             WHERE webhook_endpoints.account_id = v.account_id) AS heard, v.n AS n FROM {} \
             JOIN licenses ON licenses.id = v.id AND licenses.account_id = v.account_id \
             JOIN policies ON policies.id = licenses.policy_id \
             LEFT JOIN users ON users.id = licenses.owner_id",
            Loaded::list(),
            rows.sql(db.dialect(), 1),
        )
    });
    answers(db, sql, rows, |cells| {
        Ok(Activatable {
            license: Loaded::read(cells)?,
            heard: cells.one()?,
        })
    })
    .await
}
