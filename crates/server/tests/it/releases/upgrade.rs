//! What comes after a release, what it asks for, and which package it is in.

use keystead_testkit::World;
use serde_json::{Value, json};

use super::Shelf;

#[tokio::test]
async fn the_highest_release_on_the_channel_comes_after() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "OPEN").await;
    for version in ["1.0.0", "1.4.0", "1.5.0-beta.1", "2.0.0", "2.1.0-dev.1"] {
        shelf.release(version).await;
    }

    #[rustfmt::skip]
    let table = [
        ("1.0.0",        "",                             Some("2.0.0")),
        ("1.0.0",        "?constraint=1.0",              Some("1.4.0")),
        ("1.4.0",        "?constraint=1.0&channel=beta", Some("1.5.0-beta.1")),
        ("1.5.0-beta.1", "",                             Some("2.0.0")),
        ("2.0.0",        "",                             None),
        ("2.1.0-dev.1",  "",                             None),
        ("2.0.0",        "?channel=dev",                 Some("2.1.0-dev.1")),
        ("1.0.0",        "?channel=nightly",             None),
    ];
    for (current, query, next) in table {
        let path = format!("/releases/{current}/upgrade{query}");
        let answer = w.anyone().get(&path).await;
        assert_eq!(
            answer.status,
            if next.is_some() { 200 } else { 404 },
            "{path}"
        );
        if let Some(next) = next {
            let steps = json!({ "current": current, "next": next });
            assert_eq!(answer.at("/meta"), &steps, "{path}");
            assert_eq!(answer.at("/data/attributes/version"), &json!(next));
        }
    }
    let refused = w
        .anyone()
        .get("/releases/1.0.0/upgrade?constraint=x")
        .await
        .expect(400);
    assert_eq!(refused.code(), "CONSTRAINT_INVALID");
    assert_eq!(
        refused.at("/errors/0/source/parameter"),
        &json!("constraint")
    );
}

#[tokio::test]
async fn a_license_is_offered_what_it_is_entitled_to() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    for version in ["1.0.0", "1.1.0"] {
        shelf.release(version).await;
    }
    let pro = shelf.release("2.0.0").await;
    let entitlement = entitlement(&w, "PRO").await;
    shelf.constrain(&pro, &entitlement).await;
    let policy = shelf.policy("name", "Any").await;
    let license = w.license().of(&policy).create().await;

    let before = license
        .holder
        .get("/releases/1.0.0/upgrade")
        .await
        .expect(200);
    let attach = format!("/licenses/{}/entitlements", license.id);
    let link = json!({ "data": [{ "type": "entitlements", "id": entitlement }] });
    w.admin().post(&attach, link).await.expect(200);
    let after = license
        .holder
        .get("/releases/1.0.0/upgrade")
        .await
        .expect(200);

    assert_eq!(before.at("/meta/next"), &json!("1.1.0"));
    assert_eq!(after.at("/meta/next"), &json!("2.0.0"));
    w.anyone().get("/releases/1.0.0/upgrade").await.expect(404);
}

#[tokio::test]
async fn constraints_are_attached_and_detached_all_or_none() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    let release = shelf.release("1.0.0").await;
    let (pro, team) = (entitlement(&w, "PRO").await, entitlement(&w, "TEAM").await);
    let path = format!("/releases/{}/constraints", release.id);

    let made = w
        .admin()
        .post(&path, demand(&[&pro, &team]))
        .await
        .expect(200);
    let taken = w.admin().post(&path, demand(&[&pro])).await.expect(422);
    let unknown = w
        .admin()
        .post(&path, demand(&[&release.id.to_string()]))
        .await
        .expect(422);
    let ids: Vec<&str> = ["/data/0/id", "/data/1/id"]
        .into_iter()
        .filter_map(|at| made.at(at).as_str())
        .collect();
    let delete = reqwest::Method::DELETE;
    let admin = w.admin();
    let foreign = admin.send(delete.clone(), &path, Some(links(&[ids[0], &pro])));
    let foreign = foreign.await.expect(422);
    let left = w.admin().get(&path).await.expect(200);
    let gone = admin.send(delete, &path, Some(links(&ids)));
    gone.await.expect(204);

    assert_eq!(taken.code(), "ENTITLEMENT_TAKEN");
    assert_eq!(unknown.code(), "ENTITLEMENT_NOT_FOUND");
    assert_eq!(foreign.pointer(), "/data/1");
    assert_eq!(left.at("/data").as_array().map(Vec::len), Some(2));
    let left = w.admin().get(&path).await.expect(200);
    assert_eq!(left.at("/data"), &json!([]));
}

#[tokio::test]
async fn a_release_moves_between_packages_of_its_product() {
    let w = World::start().await;
    let (shelf, other) = (Shelf::of(&w, "OPEN").await, Shelf::of(&w, "OPEN").await);
    let release = shelf.release("1.0.0").await;
    let package = shelf.package("cli", None).await;
    let foreign = other.package("gui", None).await;
    let path = format!("/releases/{}/package", release.id);
    let link = |id: Value| json!({ "data": id });
    let to = |id: String| link(json!({ "type": "packages", "id": id }));

    let moved = w
        .admin()
        .put(&path, to(package.to_string()))
        .await
        .expect(200);
    let refused = w
        .admin()
        .put(&path, to(foreign.to_string()))
        .await
        .expect(422);
    let cleared = w.admin().put(&path, link(json!(null))).await.expect(200);

    assert_eq!(moved.id(), package.to_string());
    assert_eq!(refused.code(), "PACKAGE_NOT_ALLOWED");
    assert_eq!(cleared.at("/data"), &json!(null));
}

#[tokio::test]
async fn releases_are_found_by_version_tag_and_product() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    shelf.release("1.0.0").await;
    shelf
        .put("2.0.0-beta.7", |it| it.tag = Some("Nightingale".to_owned()))
        .await;
    let found = async |query: Value| {
        let body = json!({ "meta": { "type": "releases", "query": query } });
        let answer = w.admin().post("/search", body).await.expect(200);
        answer.at("/data").as_array().map_or(0, Vec::len)
    };

    assert_eq!(found(json!({ "version": "beta.7" })).await, 1);
    assert_eq!(found(json!({ "tag": "nightin" })).await, 1);
    assert_eq!(found(json!({ "product": "auro" })).await, 2);
    assert_eq!(found(json!({ "version": "3.0.0" })).await, 0);
}

async fn entitlement(w: &World, code: &str) -> String {
    let attributes = json!({ "name": code, "code": code });
    let body = json!({ "data": { "type": "entitlements", "attributes": attributes } });
    w.admin().post("/entitlements", body).await.expect(201).id()
}

fn demand(entitlements: &[&str]) -> Value {
    let one = |id: &&str| {
        json!({
            "type": "constraints",
            "relationships": { "entitlement": { "data": { "type": "entitlements", "id": id } } },
        })
    };
    json!({ "data": entitlements.iter().map(one).collect::<Vec<_>>() })
}

fn links(ids: &[&str]) -> Value {
    let one = |id: &&str| json!({ "type": "constraints", "id": id });
    json!({ "data": ids.iter().map(one).collect::<Vec<_>>() })
}
