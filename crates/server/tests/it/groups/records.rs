//! Groups themselves: create, show, list, update, delete.

use super::*;

#[tokio::test]
async fn a_group_is_answered_as_it_was_made() {
    let w = World::start().await;

    let id = group(
        &w,
        json!({ "name": "Team A", "maxUsers": 10, "metadata": { "region": "eu" } }),
    )
    .await;

    let found = w.admin().get(&format!("/groups/{id}")).await.expect(200);
    let attributes = found.at("/data/attributes");
    assert_eq!(attributes["name"], "Team A");
    assert_eq!(attributes["maxUsers"], 10);
    assert_eq!(attributes["maxMachines"], Value::Null);
    assert_eq!(attributes["metadata"], json!({ "region": "eu" }));
    let place = format!("/v1/accounts/{}/groups/{id}", w.account());
    assert_eq!(found.at("/data/links/self"), &json!(place));
    let owners = found.at("/data/relationships/owners/links/related");
    assert_eq!(owners, &json!(format!("{place}/owners")));
}

#[tokio::test]
async fn a_name_must_say_something() {
    let w = World::start().await;
    let post = async |attributes: Value| {
        let body = json!({ "data": { "type": "groups", "attributes": attributes } });
        w.admin().post("/groups", body).await
    };

    let missing = post(json!({ "maxUsers": 1 })).await.expect(400);
    assert_eq!(missing.pointer(), "/data/attributes/name");
    let blank = post(json!({ "name": " " })).await.expect(422);
    assert_eq!(blank.code(), "NAME_MISSING");
    let long = post(json!({ "name": "x".repeat(256) })).await.expect(422);
    assert_eq!(long.code(), "NAME_TOO_LONG");
}

#[tokio::test]
async fn a_limit_is_changed_and_lifted() {
    let w = World::start().await;
    let id = group(
        &w,
        json!({ "name": "Team A", "maxUsers": 10, "maxLicenses": 3 }),
    )
    .await;
    let change = json!({ "data": { "type": "groups", "attributes": { "maxUsers": null, "maxLicenses": 2 } } });

    let changed = w
        .admin()
        .patch(&format!("/groups/{id}"), change)
        .await
        .expect(200);

    assert_eq!(changed.at("/data/attributes/maxUsers"), &Value::Null);
    assert_eq!(changed.at("/data/attributes/maxLicenses"), &json!(2));
    assert_eq!(changed.at("/data/attributes/name"), "Team A");
}

#[tokio::test]
async fn outsiders_are_turned_away_and_find_nothing_below() {
    let w = World::start().await;
    let id = group(&w, json!({ "name": "Team A" })).await;
    w.user("ada@example.com").await;
    let ada = w.log_in("ada@example.com").await;
    let path = format!("/groups/{id}");

    ada.get(&path).await.expect(403);
    ada.patch(&path, json!({})).await.expect(403);
    ada.delete(&path).await.expect(403);
    for below in ["owners", "users", "licenses", "machines"] {
        ada.get(&format!("{path}/{below}")).await.expect(404);
    }
    assert!(ids(&ada.get("/groups").await.expect(200).body).is_empty());
    let license = w.license().create().await;
    license.holder.get(&path).await.expect(403);
}

#[tokio::test]
async fn members_of_a_group_that_goes_stay_without_one() {
    let w = World::start().await;
    let id = group(&w, json!({ "name": "Team A" })).await;
    let ada = user_in(&w, &id, "ada@example.com").await;
    let owners = format!("/groups/{id}/owners");
    w.admin().post(&owners, users(&[&ada])).await.expect(200);

    w.admin().delete(&format!("/groups/{id}")).await.expect(204);

    let found = w.admin().get(&format!("/users/{ada}")).await.expect(200);
    assert_eq!(found.at("/data/relationships/group/data"), &Value::Null);
    w.admin().get(&owners).await.expect(404);
    w.admin().delete(&format!("/groups/{id}")).await.expect(404);
}
