//! Up to 1.6, processes were all that could be leased.

use keystead_domain::version::ApiVersion;
use serde_json::Value;

use super::{Exchange, Migration, Renamed, request, response};
use crate::problem::Result;

pub(super) const MIGRATION: Migration = Migration {
    until: ApiVersion::V1_6,
    description: "policies call `processLeasingStrategy` `leasingStrategy`",
    request: accept_leasing_strategy,
    response: rename_leasing_strategy,
};

#[expect(
    clippy::unnecessary_wraps,
    reason = "migrations that rewrite may refuse"
)]
fn accept_leasing_strategy(document: &mut Value, renamed: &mut Renamed) -> Result<()> {
    if let Some(attributes) = request::attributes(document, "policies", "policy") {
        renamed.accept(attributes, "leasing_strategy", "process_leasing_strategy");
    }
    Ok(())
}

fn rename_leasing_strategy(document: &mut Value, exchange: &Exchange<'_>) {
    if exchange.of_a_key() {
        return;
    }
    response::attributes(document, "policies", |attributes| {
        request::rename(attributes, "processLeasingStrategy", "leasingStrategy");
    });
}
