//! Products, as clients see them: update.

use chrono::TimeDelta;
use keystead_testkit::World;
use serde_json::json;

use super::{made, product};

#[tokio::test]
async fn what_is_not_sent_stays_and_null_clears_what_may_be_empty() {
    let w = World::start().await;
    let created = made(
        &w,
        json!({
            "name": "Aurora", "code": "aurora", "url": "https://aurora.example",
            "platforms": ["mac"], "metadata": { "a": 1 },
        }),
    )
    .await;
    let path = format!("/products/{}", created.id());
    w.advance(TimeDelta::minutes(1));

    let renamed = w
        .admin()
        .patch(&path, product(json!({ "name": "Aurora 2" })))
        .await
        .expect(200);

    let mut expected = created.body.clone();
    expected["data"]["attributes"]["name"] = json!("Aurora 2");
    expected["data"]["attributes"]["updated"] = json!("2026-01-01T00:01:00.000Z");
    assert_eq!(renamed.body, expected);

    let nulls = json!({
        "name": null, "code": null, "url": null, "platforms": null,
        "distributionStrategy": null, "metadata": null,
    });
    let cleared = w.admin().put(&path, product(nulls)).await.expect(200);
    let attributes = cleared.at("/data/attributes");
    assert_eq!(attributes["name"], "Aurora 2");
    assert_eq!(attributes["code"], "aurora");
    assert_eq!(attributes["metadata"], json!({ "a": 1 }));
    for name in ["url", "platforms", "distributionStrategy"] {
        assert_eq!(attributes[name], json!(null), "{name}");
    }
    assert_eq!(w.admin().get(&path).await.expect(200).body, cleared.body);
}

#[tokio::test]
async fn an_id_in_the_body_is_ignored_and_attributes_are_required() {
    let w = World::start().await;
    let created = made(&w, json!({ "name": "Aurora", "code": "aurora" })).await;

    let with_id = json!({ "data": {
        "type": "products", "id": "anything", "attributes": { "metadata": { "b": 2 } },
    } });
    let changed = w
        .admin()
        .patch("/products/aurora", with_id)
        .await
        .expect(200);
    assert_eq!(changed.id(), created.id());
    assert_eq!(changed.at("/data/attributes/metadata"), &json!({ "b": 2 }));

    let bare = json!({ "data": { "type": "products" } });
    let refused = w.admin().patch("/products/aurora", bare).await.expect(400);
    assert_eq!(
        (refused.pointer(), refused.detail()),
        ("/data/attributes", "is missing")
    );
}

#[tokio::test]
async fn a_refused_change_changes_nothing() {
    let w = World::start().await;
    made(&w, json!({ "name": "Taken", "code": "taken" })).await;
    let created = made(&w, json!({ "name": "Aurora" })).await;
    let path = format!("/products/{}", created.id());

    let taken = json!({ "name": "Borealis", "code": "Taken" });
    let refused = w.admin().patch(&path, product(taken)).await.expect(422);
    assert_eq!(refused.code(), "CODE_TAKEN");
    let several = json!({ "url": "nowhere", "distributionStrategy": "open" });
    let refused = w.admin().patch(&path, product(several)).await.expect(422);
    assert_eq!(refused.at("/errors").as_array().unwrap().len(), 2);

    assert_eq!(w.admin().get(&path).await.expect(200).body, created.body);
}

#[tokio::test]
async fn two_changes_at_once_are_both_kept() {
    let w = World::start().await;
    let created = made(&w, json!({ "name": "Aurora" })).await;
    let path = format!("/products/{}", created.id());
    let admin = w.admin();

    let (a, b) = tokio::join!(
        admin.patch(&path, product(json!({ "url": "https://aurora.example" }))),
        admin.patch(&path, product(json!({ "code": "aurora" }))),
    );

    assert_eq!((a.status, b.status), (200, 200));
    let now = w.admin().get(&path).await.expect(200);
    assert_eq!(now.at("/data/attributes/url"), "https://aurora.example");
    assert_eq!(now.at("/data/attributes/code"), "aurora");
}
