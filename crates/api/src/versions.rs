//! Older versions of the API (identity §8): handlers speak the newest, and the edge translates
//! requests on their way in and responses on their way out, one small file per version.

pub mod exchange;
mod request;
mod response;
mod v1_0;
mod v1_1;
mod v1_2;
mod v1_3;
mod v1_4;
mod v1_5;
mod v1_6;
mod v1_7;

use keystead_domain::version::ApiVersion;
use serde_json::Value;

use crate::problem::Result;

pub use exchange::{Exchange, FileProducts, LicenseOwners, ReleaseFile, ReleaseFiles};
pub use request::{Renamed, upgrade_request};
pub use response::{downgrade, downgrade_bytes};

/// What changed after a version, undone for clients that still speak it.
struct Migration {
    /// Requests at this version or a lower one are translated.
    until: ApiVersion,
    /// What is different for them, in one sentence.
    description: &'static str,
    /// Rewrites what they send.
    request: fn(&mut Value, &mut Renamed) -> Result<()>,
    /// Rewrites what they are answered, success and error alike.
    response: fn(&mut Value, &Exchange<'_>),
}

/// Newest first: a client at version V gets every migration from the top down to V's.
const MIGRATIONS: &[Migration] = &[
    v1_7::MIGRATION,
    v1_6::MIGRATION,
    v1_5::MIGRATION,
    v1_4::MIGRATION,
    v1_3::MIGRATION,
    v1_2::MIGRATION,
    v1_1::MIGRATION,
    v1_0::MIGRATION,
];

/// The migrations that a client at `version` gets, newest first.
fn of(version: ApiVersion) -> impl Iterator<Item = &'static Migration> {
    MIGRATIONS
        .iter()
        .filter(move |migration| version <= migration.until)
}

/// Every change since 1.0 that is undone for older clients: (until, description), newest first.
pub fn changes() -> impl Iterator<Item = (ApiVersion, &'static str)> {
    MIGRATIONS
        .iter()
        .map(|migration| (migration.until, migration.description))
}

/// A request that a migration leaves as it is.
#[expect(
    clippy::unnecessary_wraps,
    reason = "migrations that rewrite may refuse"
)]
fn same_request(_document: &mut Value, _renamed: &mut Renamed) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
