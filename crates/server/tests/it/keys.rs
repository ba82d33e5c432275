//! Pooled keys, as clients see them.

mod pool;
mod records;

use keystead_testkit::{Answer, World};
use serde_json::{Value, json};

/// A policy whose licenses take their keys from a pool; its id.
async fn pooled(w: &World) -> String {
    w.policy().with("usePool", true).create().await
}

/// Puts a key into a pool; the answer.
async fn put(w: &World, policy: &str, key: &str) -> Answer {
    w.admin().post("/keys", body(policy, key)).await
}

/// The body of a new key.
fn body(policy: &str, key: &str) -> Value {
    json!({ "data": {
        "type": "keys",
        "attributes": { "key": key },
        "relationships": { "policy": { "data": { "type": "policies", "id": policy } } },
    } })
}

/// The keys of a list.
fn keys(list: &Answer) -> Vec<String> {
    let rows = list.at("/data").as_array().expect("a list");
    rows.iter()
        .map(|row| row["attributes"]["key"].as_str().expect("a key").to_owned())
        .collect()
}
