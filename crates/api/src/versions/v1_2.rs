//! Up to 1.2, a heart started beating with its first ping, never with its machine.

use keystead_domain::version::ApiVersion;
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Exchange, Migration, response, same_request};

pub(super) const MIGRATION: Migration = Migration {
    until: ApiVersion::V1_2,
    description: "a new machine's heartbeat is `NOT_STARTED`",
    request: same_request,
    response: stop_new_hearts,
};

fn stop_new_hearts(document: &mut Value, exchange: &Exchange<'_>) {
    let activation = exchange.is(&[Method::POST], "/machines");
    if !activation || exchange.status != StatusCode::CREATED {
        return;
    }
    response::attributes(document, "machines", |attributes| {
        if attributes.get("heartbeatStatus") == Some(&json!("ALIVE")) {
            attributes.insert("heartbeatStatus".to_owned(), json!("NOT_STARTED"));
            attributes.insert("lastHeartbeat".to_owned(), Value::Null);
        }
    });
}
