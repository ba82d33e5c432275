//! The account, as clients and operators see it.

mod create;
mod destroy;
mod domains;
mod settings;
mod show;
mod update;

use serde_json::{Value, json};

/// The body of a change.
fn change(attributes: Value) -> Value {
    json!({ "data": { "type": "accounts", "attributes": attributes } })
}
