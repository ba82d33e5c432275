//! Products, as clients and operators see them.

mod access;
mod create;
mod delete;
mod list;
mod negotiation;
mod related;
mod show;
mod update;

use keystead_testkit::{Answer, World};
use serde_json::{Value, json};

/// A body with these attributes.
fn product(attributes: Value) -> Value {
    json!({ "data": { "type": "products", "attributes": attributes } })
}

/// A new product with these attributes; the answer.
async fn made(w: &World, attributes: Value) -> Answer {
    w.admin()
        .post("/products", product(attributes))
        .await
        .expect(201)
}
