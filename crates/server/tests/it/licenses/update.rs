//! Licenses, as clients see them: update.

use keystead_testkit::World;
use serde_json::{Value, json};

use super::change;

#[tokio::test]
async fn what_is_sent_changes_and_the_rest_stays() {
    let w = World::start().await;
    let made = w
        .license()
        .policy("maxMachines", 3)
        .with("name", "old")
        .create()
        .await;
    let path = format!("/licenses/{}", made.id);

    let attributes = json!({
        "expiry": "2027-01-01T00:00:00Z", "suspended": true, "protected": true,
        "maxMachines": 7, "metadata": { "seat": 1 }, "permissions": ["license.read"],
    });
    let changed = w.admin().patch(&path, change(attributes)).await.expect(200);
    assert_eq!(changed.at("/data/attributes/name"), "old");
    assert_eq!(changed.at("/data/attributes/maxMachines"), 7);
    assert_eq!(changed.at("/data/attributes/status"), "SUSPENDED");
    assert_eq!(
        changed.at("/data/attributes/permissions"),
        &json!(["license.read"])
    );

    let attributes =
        json!({ "expiry": null, "maxMachines": null, "name": null, "suspended": false });
    let cleared = w.admin().put(&path, change(attributes)).await.expect(200);
    assert_eq!(cleared.at("/data/attributes/expiry"), &Value::Null);
    assert_eq!(cleared.at("/data/attributes/name"), &Value::Null);
    assert_eq!(
        cleared.at("/data/attributes/maxMachines"),
        3,
        "the policy's again"
    );
    assert_eq!(
        cleared.at("/data/attributes/metadata"),
        &json!({ "seat": 1 })
    );
    assert_eq!(cleared.at("/data/attributes/protected"), true);

    let shown = w.admin().get(&path).await.expect(200);
    assert_eq!(shown.at("/data"), cleared.at("/data"));
}

#[tokio::test]
async fn what_cannot_change_is_unpermitted() {
    let w = World::start().await;
    let made = w.license().create().await;
    let path = format!("/licenses/{}", made.id);

    for attribute in ["key", "uses", "status", "scheme"] {
        let answer = w
            .admin()
            .patch(&path, change(json!({ attribute: "x" })))
            .await
            .expect(400);
        assert_eq!(answer.detail(), "unpermitted parameter", "{attribute}");
    }
    let mut body = change(json!({}));
    body["data"]["relationships"] = json!({});
    assert_eq!(
        w.admin().patch(&path, body).await.expect(400).detail(),
        "unpermitted parameter"
    );
    let body = json!({ "data": { "type": "licenses" } });
    let answer = w.admin().patch(&path, body).await.expect(400);
    assert_eq!(
        (answer.pointer(), answer.detail()),
        ("/data/attributes", "is missing")
    );
}

#[tokio::test]
async fn permission_goes_before_shape() {
    let w = World::start().await;
    let made = w.license().create().await;
    let path = format!("/licenses/{}", made.id);

    made.holder.patch(&path, json!({})).await.expect(403);
    w.anyone().patch(&path, json!({})).await.expect(401);
    w.admin()
        .patch("/licenses/nothing-of-the-kind", json!({}))
        .await
        .expect(404);
    let answer = w
        .admin()
        .patch(&path, change(json!({ "maxCores": -1 })))
        .await
        .expect(422);
    assert_eq!(answer.code(), "MAX_CORES_INVALID");
}
