//! Policies, as clients and operators see them.

mod access;
mod create;
mod delete;
mod list;
mod rules;
mod update;
mod versions;

use serde_json::{Value, json};

/// The body of a new policy of a product, with these attributes.
fn policy(product: &str, attributes: Value) -> Value {
    json!({ "data": {
        "type": "policies",
        "attributes": attributes,
        "relationships": { "product": { "data": { "type": "products", "id": product } } },
    } })
}

/// The body of a change.
fn change(attributes: Value) -> Value {
    json!({ "data": { "type": "policies", "attributes": attributes } })
}
