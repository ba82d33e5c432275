//! Environments, as clients see them.

mod empty;
mod records;

use keystead_testkit::{Answer, Caller, World};
use serde_json::{Value, json};

async fn post(w: &World, attributes: Value, admins: Value) -> Answer {
    let body = json!({ "data": {
        "type": "environments",
        "attributes": attributes,
        "relationships": { "admins": { "data": admins } },
    } });
    w.admin().post("/environments", body).await
}

/// A new environment with an admin who has logged in; the environment's id, and the admin in it.
async fn entered(w: &World, code: &str, strategy: &str) -> (String, Caller) {
    let attributes = json!({ "name": code, "code": code, "isolationStrategy": strategy });
    let email = format!("admin@{code}.example");
    let admins = json!([{ "type": "users", "attributes": {
        "email": email, "password": keystead_testkit::ADMIN_PASSWORD,
    } }]);
    let id = post(w, attributes, admins).await.expect(201).id();
    let inside = w.log_in_to(code, &email).await;
    (id, inside)
}
