//! Clients of API 1.0: a release is its file.

use keystead_testkit::{Caller, World};
use serde_json::{Value, json};

use super::{fetch, plain, send, url};

fn old(caller: &Caller) -> Caller {
    plain(caller).with("keygen-version", "1.0")
}

fn body(product: &str, version: &str) -> Value {
    json!({ "data": {
        "type": "releases",
        "attributes": {
            "version": version,
            "channel": "stable",
            "filename": format!("Aurora-{version}.zip"),
            "filetype": "zip",
            "filesize": 5,
            "platform": "linux",
        },
        "relationships": { "product": { "data": { "type": "products", "id": product } } },
    } })
}

#[tokio::test]
async fn a_release_is_made_with_its_file_and_uploading_publishes_it() {
    let w = World::start().await;
    let product = w.product().await;
    let admin = old(&w.admin());

    let release = admin
        .put("/releases", body(&product, "1.0.0"))
        .await
        .expect(201);
    let path = format!("/releases/{}/artifact", release.id());
    let absent = admin.get(&path).await.expect(404);
    let upload = admin.put(&path, json!({})).await.expect(200);
    assert_eq!(send(&url(&upload), "hello").await.status(), 200);
    let shown = admin.get(&path).await.expect(200);
    let again = admin.put(&path, json!({})).await.expect(200);
    assert_eq!(send(&url(&again), "again").await.status(), 200);

    assert_eq!(
        release.at("/data/attributes/filename"),
        &json!("Aurora-1.0.0.zip")
    );
    assert_eq!(
        release.at("/data/attributes/status"),
        &json!("NOT_PUBLISHED")
    );
    assert!(absent.detail().starts_with("artifact is unavailable"));
    assert_eq!(shown.at("/data/attributes/key"), &json!("Aurora-1.0.0.zip"));
    assert_eq!(
        shown.at("/data/relationships/product/data/id"),
        &json!(product)
    );
    assert_eq!(fetch(&url(&shown)).await, (200, "again".to_owned()));
    w.admin().get(&path).await.expect(404);
}

#[tokio::test]
async fn an_upgrade_is_the_file_of_the_highest_newer_release() {
    let w = World::start().await;
    let product = w.product().await;
    let admin = old(&w.admin());
    let mut releases = Vec::new();
    for version in ["1.0.0", "1.2.0", "2.0.0"] {
        let release = admin
            .post("/releases", body(&product, version))
            .await
            .expect(201)
            .id();
        let path = format!("/releases/{release}/artifact");
        let upload = admin.put(&path, json!({})).await.expect(200);
        assert_eq!(send(&url(&upload), "hello").await.status(), 200);
        releases.push(release);
    }
    let first = &releases[0];
    let any = admin
        .get(&format!("/releases/{first}/actions/upgrade"))
        .await;
    let bound = admin
        .get(&format!("/releases/{first}/actions/upgrade?constraint=1.0"))
        .await;
    let last = &releases[2];
    let none = admin
        .get(&format!("/releases/{last}/actions/upgrade"))
        .await;
    let query = format!("product={product}&platform=linux&filetype=zip&version=1.2.0");
    let named = admin
        .get(&format!("/releases/actions/upgrade?{query}"))
        .await;

    assert_eq!((any.status, bound.status, named.status), (200, 200, 200));
    assert_eq!(any.text, "hello");
    assert_eq!(none.status, 204);
}

#[tokio::test]
async fn a_release_that_is_yanked_takes_its_file_along() {
    let w = World::start().await;
    let product = w.product().await;
    let admin = old(&w.admin());
    let release = admin
        .post("/releases", body(&product, "1.0.0"))
        .await
        .expect(201)
        .id();
    let path = format!("/releases/{release}/artifact");

    admin.delete(&path).await.expect(204);

    let again = admin.delete(&path).await.expect(422);
    assert_eq!(again.detail(), "has been yanked");
    let files = w.admin().get("/artifacts").await.expect(200);
    assert_eq!(files.at("/data"), &json!([]));
}
