//! What validations leave behind on licenses, many in one statement.

use keystead_domain::LicenseId;
use sea_orm::ConnectionTrait;
use sea_orm::prelude::DateTimeUtc;

use crate::dialect::{Column, Rows};
use crate::{Result, Tx};

/// What the validations of one license leave behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The license.
    pub license: LicenseId,
    /// Its latest validation.
    pub at: DateTimeUtc,
    /// When it expires, if its term starts with its first validation and hasn't started yet.
    pub expiry: Option<DateTimeUtc>,
    /// The checksum that was found good last; what was before stays when none was.
    pub checksum: Option<String>,
    /// The version that was found good last; what was before stays when none was.
    pub version: Option<String>,
}

/// Writes the stamps of many licenses, each once; those that are gone are left out.
///
/// A later stamp of another replica stays, and so does an expiry that somebody set meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn stamp_all(tx: &Tx, mut stamps: Vec<Stamp>) -> Result<()> {
    // Two replicas that stamp the same licenses lock them in the same order.
    stamps.sort_unstable_by_key(|stamp| stamp.license);
    let rows = Rows::new(
        "v",
        vec![
            (
                "id",
                Column::Uuids(stamps.iter().map(|stamp| stamp.license.0).collect()),
            ),
            (
                "at",
                Column::Times(stamps.iter().map(|stamp| stamp.at).collect()),
            ),
            (
                "expiry",
                Column::MaybeTimes(stamps.iter().map(|stamp| stamp.expiry).collect()),
            ),
            (
                "checksum",
                Column::MaybeTexts(stamps.iter().map(|stamp| stamp.checksum.clone()).collect()),
            ),
            (
                "version",
                Column::MaybeTexts(stamps.iter().map(|stamp| stamp.version.clone()).collect()),
            ),
        ],
    );
    let from = rows.sql(tx.dialect(), 1);
    let sql = format!(
        "UPDATE licenses SET \
         last_validated_at = CASE WHEN licenses.last_validated_at > v.at \
         THEN licenses.last_validated_at ELSE v.at END, \
         updated_at = CASE WHEN licenses.updated_at > v.at THEN licenses.updated_at ELSE v.at END, \
         expiry = coalesce(licenses.expiry, v.expiry), \
         validated_checksum = coalesce(v.checksum, licenses.validated_checksum), \
         version = coalesce(v.version, licenses.version) \
         FROM {from} WHERE licenses.id = v.id"
    );
    tx.execute_raw(tx.statement(sql, rows.values(tx.dialect())))
        .await?;
    Ok(())
}
