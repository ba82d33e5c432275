//! Entitlements, as clients see them.

mod attach;
mod records;

use keystead_testkit::{Answer, World};
use serde_json::{Value, json};

/// A new entitlement with this code; its id.
async fn entitlement(w: &World, code: &str) -> String {
    let attributes = json!({ "name": code, "code": code });
    made(w, attributes).await.id()
}

/// A new entitlement with these attributes; the answer.
async fn made(w: &World, attributes: Value) -> Answer {
    w.admin().post("/entitlements", body(attributes)).await
}

/// A body with these attributes.
fn body(attributes: Value) -> Value {
    json!({ "data": { "type": "entitlements", "attributes": attributes } })
}

/// A body that names entitlements.
fn links(ids: &[&str]) -> Value {
    let link = |id: &&str| json!({ "type": "entitlements", "id": id });
    json!({ "data": ids.iter().map(link).collect::<Vec<_>>() })
}

/// The codes of a list of entitlements.
fn codes(list: &Answer) -> Vec<&str> {
    let rows = list.at("/data").as_array().expect("a list");
    rows.iter()
        .map(|row| row["attributes"]["code"].as_str().expect("a code"))
        .collect()
}
