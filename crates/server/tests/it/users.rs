//! Users, as clients and operators see them.

mod access;
mod admins;
mod ban;
mod create;
mod delete;
mod list;
mod show;
mod strangers;
mod update;

use keystead_testkit::{ADMIN_PASSWORD, Answer, Caller, World};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

/// A body with these attributes.
pub fn user(attributes: Value) -> Value {
    json!({ "data": { "type": "users", "attributes": attributes } })
}

/// A new user with these attributes; the answer.
pub async fn made(w: &World, attributes: Value) -> Answer {
    w.admin().post("/users", user(attributes)).await.expect(201)
}

/// A member of staff in this role, logged in.
pub async fn staff(w: &World, role: &str) -> Caller {
    let email = format!("{role}@staff.example");
    made(
        w,
        json!({ "email": email, "password": ADMIN_PASSWORD, "role": role }),
    )
    .await;
    w.log_in(&email).await
}

/// The path of a user.
pub fn path(answer: &Answer) -> String {
    format!("/users/{}", answer.id())
}

/// Attaches a user to a license without making it the owner.
pub async fn attach(w: &World, license: &str, user: &str) {
    let id = |text: &str| text.parse::<uuid::Uuid>().expect("an id");
    let db = &w.app().db;
    let cells = [
        w.app().ids.next::<uuid::Uuid>().into(),
        id(w.account()).into(),
        id(license).into(),
        id(user).into(),
        w.now().into(),
    ];
    let join = "INSERT INTO license_users \
        (id, account_id, license_id, user_id, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $5)";
    db.execute_raw(db.statement(join, cells))
        .await
        .expect("the row is inserted");
    let count = "UPDATE licenses SET users_count = users_count + 1 WHERE id = $1";
    db.execute_raw(db.statement(count, [id(license).into()]))
        .await
        .expect("it is counted");
}
