//! Groups, as clients see them.

mod members;
mod owners;
mod races;
mod records;

use keystead_testkit::World;
use serde_json::{Value, json};

/// A new group with these attributes; its id.
async fn group(w: &World, attributes: Value) -> String {
    let body = json!({ "data": { "type": "groups", "attributes": attributes } });
    w.admin().post("/groups", body).await.expect(201).id()
}

/// A new user in a group; its id.
async fn user_in(w: &World, group: &str, email: &str) -> String {
    let body = json!({ "data": {
        "type": "users",
        "attributes": { "email": email, "password": keystead_testkit::ADMIN_PASSWORD },
        "relationships": { "group": { "data": { "type": "groups", "id": group } } },
    } });
    w.admin().post("/users", body).await.expect(201).id()
}

/// A body that names users.
fn users(ids: &[&str]) -> Value {
    let data: Vec<_> = ids
        .iter()
        .map(|id| json!({ "type": "users", "id": id }))
        .collect();
    json!({ "data": data })
}

fn ids(list: &Value) -> Vec<String> {
    let list = list["data"].as_array().expect("a list");
    list.iter()
        .map(|item| item["id"].as_str().expect("an id").to_owned())
        .collect()
}
