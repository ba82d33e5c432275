//! Files by product, package, version and name.

use keystead_testkit::World;
use serde_json::json;

use super::*;
use crate::artifacts::{file, plain, release};

/// A file that is still waited for; its id.
async fn waiting(w: &World, release: &str, filename: &str) -> String {
    let body = file(release, json!({ "filename": filename }));
    let made = plain(&w.admin()).post("/artifacts", body).await;
    made.expect(200).id()
}

#[tokio::test]
async fn a_file_is_found_by_its_name_and_the_query_goes_along() {
    let w = World::start().await;
    let (product, release) = release(&w, "OPEN", "1.0.0").await;
    let change = json!({ "data": {
        "type": "products", "attributes": { "code": "fernweh" },
    } });
    w.admin()
        .patch(&format!("/products/{product}"), change)
        .await
        .expect(200);
    let change = json!({ "data": { "type": "releases", "attributes": { "tag": "latest" } } });
    w.admin()
        .patch(&format!("/releases/{release}"), change)
        .await
        .expect(200);
    let id = waiting(&w, &release, "linux/install me.sh").await;
    let url = file_url(&w, &id, "linux/install%20me.sh");

    let found = ["fernweh", &product];
    let versions = ["1.0.0", "latest", &release];
    for (product, version) in found
        .into_iter()
        .zip(versions)
        .chain([("fernweh", "latest")])
    {
        for name in ["linux/install%20me.sh", "linux%2Finstall%20me.sh", &id] {
            let path = format!("/engines/raw/{product}/{version}/{name}");
            let answer = w.admin().staying().get(&path).await.expect(303);
            assert_eq!(answer.header("location"), url, "{path}");
        }
    }
    let path = "/engines/raw/fernweh/latest/linux/install%20me.sh?ttl=60&prefer=a:b";
    let answer = w.admin().staying().get(path).await.expect(303);
    assert_eq!(
        answer.header("location"),
        format!("{url}?ttl=60&prefer=a%3Ab")
    );
    // Others see no file that isn't there.
    let path = format!("/engines/raw/{product}/1.0.0/{id}");
    w.anyone().get(&path).await.expect(404);
}

#[tokio::test]
async fn a_package_is_named_by_whoever_wants_its_file() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    let package = shelf.package("@fernweh/cli", Some("tauri")).await;
    shelf
        .put("1.0.0", |release| release.package_id = Some(package))
        .await;
    shelf.release("2.0.0").await;
    let product = shelf.product();
    let own = holder(&w, &shelf).await;

    #[rustfmt::skip]
    let table = [
        (&own,        "@@fernweh%2Fcli/1.0.0",   303),
        (&own,        &*format!("@{package}/1.0.0"), 303),
        (&own,        "2.0.0",                   303),
        (&own,        "1.0.0",                   404),
        (&own,        "@@fernweh%2Fcli/2.0.0",   404),
        (&own,        "fernweh/1.0.0",           404),
        (&w.anyone(), "2.0.0",                   404),
    ];
    for (caller, place, status) in table {
        let path = format!("/engines/raw/{product}/{place}/aurora.zip");
        let answer = caller.staying().get(&path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
    }
}
