//! Machines, as clients and operators see them.

mod activate;
mod bind;
mod check_out;
mod deactivate;
mod list;
mod parts;
mod races;
mod show;
mod uniqueness;
mod update;

use keystead_app::{Cx, tokens};
use keystead_domain::access::{Action, Bearer, BearerId, Environment, Role};
use keystead_domain::event::EventName;
use keystead_domain::permissions::PermissionSet;
use keystead_domain::version::ApiVersion;
use keystead_store::entities::{License as Row, event, license};
use keystead_testkit::{Answer, Caller, License, World};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

/// The body that activates a machine on this license.
fn machine(license: &License, attributes: Value) -> Value {
    json!({ "data": {
        "type": "machines",
        "attributes": attributes,
        "relationships": { "license": { "data": { "type": "licenses", "id": license.id } } },
    } })
}

/// The body that activates a machine for this owner.
fn owned(license: &License, fingerprint: &str, owner: &str) -> Value {
    let mut body = machine(license, json!({ "fingerprint": fingerprint }));
    body["data"]["relationships"]["owner"] = json!({ "data": { "type": "users", "id": owner } });
    body
}

/// The body that changes a machine's attributes.
fn change(attributes: Value) -> Value {
    json!({ "data": { "type": "machines", "attributes": attributes } })
}

/// The codes of all errors, in order.
fn codes(answer: &Answer) -> Vec<&str> {
    let errors = answer
        .at("/errors")
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    errors
        .iter()
        .filter_map(|error| error["code"].as_str())
        .collect()
}

/// The ids of a list, in order.
fn ids(answer: &Answer) -> Vec<&str> {
    let rows = answer
        .at("/data")
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    rows.iter().filter_map(|row| row["id"].as_str()).collect()
}

/// The license as it is stored.
async fn stored(w: &World, license: &License) -> Row {
    let id: Uuid = license.id.parse().expect("an id");
    license::Entity::find()
        .filter(license::Column::Id.eq(id))
        .one(&w.app().db)
        .await
        .expect("the database answers")
        .expect("the license exists")
}

/// What the license counts: machines, cores, memory, disk.
async fn tally(w: &World, license: &License) -> [i64; 4] {
    let row = stored(w, license).await;
    [
        row.machines_count,
        row.machines_cores,
        row.machines_memory,
        row.machines_disk,
    ]
}

/// How many events of this name are in the log.
async fn told(w: &World, name: EventName) -> u64 {
    event::Entity::find()
        .filter(event::Column::Name.eq(name.as_str()))
        .count(&w.app().db)
        .await
        .expect("the database answers")
}

/// A request without the HTTP around it.
async fn request(w: &World, role: Role, id: BearerId) -> Cx {
    let app = w.app().clone();
    let tenant = app
        .tenants
        .only()
        .await
        .expect("the database answers")
        .expect("an account");
    let bearer = Bearer {
        role,
        id,
        environment: None,
        permissions: PermissionSet::ANY,
        token: None,
    };
    let request = app.ids.next();
    Cx::new(
        app,
        tenant,
        Environment::Global,
        Some(bearer.into()),
        w.now(),
        request,
        ApiVersion::LATEST,
    )
}

/// Somebody with a token of the license, which may activate or deactivate so often.
async fn token(w: &World, license: &License, draft: tokens::Draft) -> Caller {
    let root = BearerId::User(w.app().ids.next());
    let cx = request(w, Role::Admin, root).await;
    let bearer = BearerId::License(license.id.parse().expect("an id"));
    let fresh = tokens::generate_for(&cx, Action::LicenseTokensGenerate, bearer, draft)
        .await
        .expect("a token");
    w.bearer(fresh.secret.expose())
}

/// A group that takes so many machines; its id.
async fn group(w: &World, max_machines: i64) -> String {
    let id: Uuid = w.app().ids.next();
    let account: Uuid = w.account().parse().expect("an id");
    let db = &w.app().db;
    let sql = "INSERT INTO groups \
        (id, account_id, name, max_machines, metadata, created_at, updated_at) \
        VALUES ($1, $2, 'Office', $3, $4, $5, $5)";
    let values = [
        id.into(),
        account.into(),
        max_machines.into(),
        json!({}).into(),
        w.now().into(),
    ];
    db.execute_raw(db.statement(sql, values))
        .await
        .expect("the group is stored");
    id.to_string()
}
