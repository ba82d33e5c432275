//! Licenses, as clients see them: who owns them, and whom they are shared with.

use std::collections::BTreeMap;

use futures::future::join_all;
use keystead_testkit::{Answer, World};
use reqwest::Method;
use serde_json::{Value, json};

const UNKNOWN: &str = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";

fn links(ids: &[&str]) -> Value {
    let data: Vec<_> = ids
        .iter()
        .map(|id| json!({ "type": "users", "id": id }))
        .collect();
    json!({ "data": data })
}

fn link(id: &str) -> Value {
    json!({ "data": { "type": "users", "id": id } })
}

fn told(answer: &Answer) -> (u16, &str, &str, &str) {
    (
        answer.status,
        answer.code(),
        answer.pointer(),
        answer.detail(),
    )
}

async fn detach(w: &World, path: &str, ids: &[&str]) -> Answer {
    w.admin().send(Method::DELETE, path, Some(links(ids))).await
}

/// How many users the license says it has.
async fn count(w: &World, license: &str) -> Value {
    let license = w.admin().get(&format!("/licenses/{license}")).await;
    license.at("/data/relationships/users/meta/count").clone()
}

#[tokio::test]
async fn users_are_attached_and_listed_with_the_owner() {
    let w = World::start().await;
    let (ann, bob) = (
        w.user("ann@acme.example").await,
        w.user("bob@acme.example").await,
    );
    let license = w.license().owner(&ann).create().await.id;
    let path = format!("/licenses/{license}/users");
    let account = w.account();

    let joined = w.admin().post(&path, links(&[&bob])).await.expect(200);

    assert_eq!(joined.at("/data/0/type"), "license-users");
    assert_eq!(
        joined.at("/data/0/links"),
        &json!({ "related": format!("/v1/accounts/{account}{path}/{bob}") })
    );
    assert_eq!(
        joined.at("/data/0/relationships/user/data/id"),
        bob.as_str()
    );
    assert_eq!(
        joined.at("/data/0/relationships/license/data/id"),
        license.as_str()
    );
    let users = w.admin().get(&path).await.expect(200);
    assert_eq!(users.at("/data").as_array().map(Vec::len), Some(2));
    assert_eq!(count(&w, &license).await, 2);
    for name in [ann.as_str(), "Bob@acme.example"] {
        w.admin().get(&format!("{path}/{name}")).await.expect(200);
    }
    w.user("eve@acme.example").await;
    let other = w.admin().get(&format!("{path}/eve@acme.example")).await;
    assert_eq!(other.status, 404);
}

#[tokio::test]
async fn all_users_are_attached_or_none() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let bob = w.user("bob@acme.example").await;
    let cid = w.user("cid@acme.example").await;
    let license = w
        .license()
        .policy("maxUsers", 2)
        .owner(&ann)
        .create()
        .await
        .id;
    let path = format!("/licenses/{license}/users");
    let at = "/data/relationships/user";
    #[rustfmt::skip]
    let table: [(&[&str], _); 5] = [
        (&[&bob, &ann],    (422, "USER_CONFLICT",  at,      "already exists (user is attached through owner)")),
        (&[&bob, &bob],    (422, "USER_TAKEN",     at,      "already exists")),
        (&[&bob, UNKNOWN], (422, "USER_NOT_FOUND", at,      "must exist")),
        (&[&bob, &cid],    (422, "USER_LIMIT_EXCEEDED", "/data/relationships/users",
            "user count has exceeded maximum allowed for license (2)")),
        (&[],              (400, "",               "/data", "length must be between 1 and 100 (inclusive)")),
    ];
    for (ids, expected) in table {
        let refused = w.admin().post(&path, links(ids)).await;
        assert_eq!(told(&refused), expected);
    }
    assert_eq!(count(&w, &license).await, 1);

    w.admin().post(&path, links(&[&bob])).await.expect(200);
    let again = w.admin().post(&path, links(&[&bob])).await;
    assert_eq!(again.code(), "USER_TAKEN");
}

#[tokio::test]
async fn who_is_detached_leaves_its_machines_to_nobody() {
    let w = World::start().await;
    let (ann, bob) = (
        w.user("ann@acme.example").await,
        w.user("bob@acme.example").await,
    );
    let license = w.license().owner(&ann).create().await;
    let path = format!("/licenses/{}/users", license.id);
    w.admin().post(&path, links(&[&bob])).await.expect(200);
    let machine = license.activate("laptop").await.expect(201).id();
    let owner = format!("/machines/{machine}/owner");
    w.admin().put(&owner, link(&bob)).await.expect(200);

    let owned = detach(&w, &path, &[&bob, &ann]).await;
    assert_eq!(
        told(&owned),
        (
            403,
            "",
            "/data/1",
            format!("cannot detach user '{ann}' (user is attached through owner)").as_str()
        )
    );
    let unknown = detach(&w, &path, &[&bob, UNKNOWN]).await;
    assert_eq!(
        told(&unknown),
        (
            422,
            "",
            "/data/1",
            format!("cannot detach user '{UNKNOWN}' (user is not attached)").as_str()
        )
    );
    assert_eq!(count(&w, &license.id).await, 2);

    detach(&w, &path, &[&bob]).await.expect(204);
    assert_eq!(count(&w, &license.id).await, 1);
    let owner = w.admin().get(&owner).await.expect(200);
    assert_eq!(owner.at("/data"), &Value::Null);
}

#[tokio::test]
async fn an_owner_comes_and_goes_and_brings_the_group() {
    let w = World::start().await;
    let (ann, bob) = (
        w.user("ann@acme.example").await,
        w.user("bob@acme.example").await,
    );
    let license = w.license().policy("maxUsers", 1).create().await.id;
    let path = format!("/licenses/{license}/owner");

    let owned = w.admin().put(&path, link(&ann)).await.expect(200);
    assert_eq!(owned.at("/data/relationships/owner/data/id"), ann.as_str());
    // Another owner takes no further place.
    w.admin().put(&path, link(&bob)).await.expect(200);
    let unknown = w.admin().put(&path, link(UNKNOWN)).await;
    assert_eq!(
        told(&unknown),
        (
            422,
            "OWNER_NOT_FOUND",
            "/data/relationships/owner",
            "must exist"
        )
    );
    let none = w
        .admin()
        .put(&path, json!({ "data": null }))
        .await
        .expect(200);
    assert_eq!(none.at("/data/relationships/owner/data"), &Value::Null);

    let users = format!("/licenses/{license}/users");
    w.admin().post(&users, links(&[&ann])).await.expect(200);
    let attached = w.admin().put(&path, link(&ann)).await;
    assert_eq!(attached.code(), "OWNER_INVALID");
    let full = w.admin().put(&path, link(&bob)).await;
    assert_eq!(
        told(&full),
        (
            422,
            "USER_LIMIT_EXCEEDED",
            "/data/relationships/users",
            "user count has exceeded maximum allowed for license (1)"
        )
    );
}

#[tokio::test]
async fn older_clients_know_the_owner_as_the_user() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let license = w.license().create().await.id;
    let old = w.admin().with("keygen-version", "1.5");
    let path = format!("/licenses/{license}/user");

    let owned = old.put(&path, link(&ann)).await.expect(200);
    assert_eq!(owned.at("/data/relationships/user/data/id"), ann.as_str());
    let unknown = old.put(&path, link(UNKNOWN)).await;
    assert_eq!(
        told(&unknown),
        (
            422,
            "USER_NOT_FOUND",
            "/data/relationships/user",
            "must exist"
        )
    );
    let user = old.get(&path).await.expect(200);
    assert_eq!(user.at("/data/id"), ann.as_str());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_places_go_to_as_many_users_as_there_are_places() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let license = w
        .license()
        .policy("maxUsers", 4)
        .owner(&ann)
        .create()
        .await
        .id;
    let mut users = Vec::new();
    for n in 0..16 {
        users.push(w.user(&format!("user-{n}@acme.example")).await);
    }
    let (path, admin) = (format!("/licenses/{license}/users"), w.admin());

    let answers = join_all(users.iter().map(|user| admin.post(&path, links(&[user])))).await;

    let mut outcomes = BTreeMap::new();
    for answer in &answers {
        *outcomes
            .entry((answer.status, answer.code().to_owned()))
            .or_insert(0) += 1;
    }
    let full = "USER_LIMIT_EXCEEDED".to_owned();
    assert_eq!(
        outcomes,
        BTreeMap::from([((200, String::new()), 3), ((422, full), 13)])
    );
    assert_eq!(count(&w, &license).await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_user_who_is_deleted_while_it_is_attached_takes_no_place_along() {
    let w = World::start().await;
    let license = w.license().policy("maxUsers", 100).create().await.id;
    let mut users = Vec::new();
    for n in 0..8 {
        users.push(w.user(&format!("user-{n}@acme.example")).await);
    }
    let (path, admin) = (format!("/licenses/{license}/users"), w.admin());

    let attaching = join_all(users.iter().map(|user| admin.post(&path, links(&[user]))));
    let deleting = join_all(users.iter().map(|user| {
        let admin = admin.clone();
        async move {
            admin
                .send(Method::DELETE, &format!("/users/{user}"), None)
                .await
        }
    }));
    let (attached, deleted) = futures::join!(attaching, deleting);

    assert!(
        attached.iter().all(|a| matches!(a.status, 200 | 422)),
        "{attached:?}"
    );
    assert!(
        deleted.iter().all(|answer| answer.status == 204),
        "{deleted:?}"
    );
    assert_eq!(count(&w, &license).await, 0);
}
