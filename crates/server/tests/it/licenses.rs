//! Licenses, as clients and operators see them.

mod check_out;
mod create;
mod delete;
mod filters;
mod list;
mod notices;
mod permits;
mod related;
mod show;
mod transfer;
mod update;
mod usage;
mod users;
mod validate;
mod validate_access;
mod validate_cost;
mod validate_holders;
mod validate_machines;
mod validate_releases;
mod validate_versions;

use keystead_domain::event::EventName;
use keystead_store::entities::event;
use keystead_testkit::{Answer, Caller, License, World};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
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

/// An action on a license, with an empty body.
async fn act(caller: &Caller, license: &License, action: &str) -> Answer {
    let path = format!("/licenses/{}/actions/{action}", license.id);
    caller.post(&path, json!({})).await
}

/// How many events of this name are in the log.
async fn told(w: &World, name: EventName) -> u64 {
    event::Entity::find()
        .filter(event::Column::Name.eq(name.as_str()))
        .count(&w.app().db)
        .await
        .expect("the database answers")
}
