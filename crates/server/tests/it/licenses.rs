//! Licenses, as clients and operators see them.

mod create;
mod delete;
mod filters;
mod list;
mod related;
mod show;
mod transfer;
mod update;
mod users;
mod validate;
mod validate_access;
mod validate_cost;
mod validate_holders;
mod validate_machines;
mod validate_versions;

use serde_json::{Value, json};

/// The body that creates a license of a policy.
fn license(policy: &str, attributes: Value) -> Value {
    json!({ "data": {
        "type": "licenses",
        "attributes": attributes,
        "relationships": { "policy": { "data": { "type": "policies", "id": policy } } },
    } })
}

/// The body that changes a license's attributes.
fn change(attributes: Value) -> Value {
    json!({ "data": { "type": "licenses", "attributes": attributes } })
}

/// The body that validates a key, with a scope or without.
fn key(key: &str, scope: Value) -> Value {
    match scope {
        Value::Null => json!({ "meta": { "key": key } }),
        scope => json!({ "meta": { "key": key, "scope": scope } }),
    }
}
