//! Up to 1.3, machines were told apart by fingerprints alone.

use keystead_domain::version::ApiVersion;
use serde_json::Value;

use super::{Exchange, Migration, Renamed, request, response};
use crate::problem::Result;

pub(super) const MIGRATION: Migration = Migration {
    until: ApiVersion::V1_3,
    description: "policies call the machine strategies `fingerprint…Strategy`",
    request: accept_fingerprint_strategies,
    response: rename_machine_strategies,
};

#[expect(
    clippy::unnecessary_wraps,
    reason = "migrations that rewrite may refuse"
)]
fn accept_fingerprint_strategies(document: &mut Value, renamed: &mut Renamed) -> Result<()> {
    if let Some(attributes) = request::attributes(document, "policies", "policy") {
        renamed.accept(
            attributes,
            "fingerprint_uniqueness_strategy",
            "machine_uniqueness_strategy",
        );
        renamed.accept(
            attributes,
            "fingerprint_matching_strategy",
            "machine_matching_strategy",
        );
    }
    Ok(())
}

fn rename_machine_strategies(document: &mut Value, exchange: &Exchange<'_>) {
    if exchange.of_a_key() {
        return;
    }
    response::attributes(document, "policies", |attributes| {
        request::rename(
            attributes,
            "machineUniquenessStrategy",
            "fingerprintUniquenessStrategy",
        );
        request::rename(
            attributes,
            "machineMatchingStrategy",
            "fingerprintMatchingStrategy",
        );
    });
}
