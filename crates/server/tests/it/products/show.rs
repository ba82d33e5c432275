//! Products, as clients see them: show.

use keystead_testkit::World;
use serde_json::json;

use super::made;

#[tokio::test]
async fn a_product_is_found_by_id_and_by_code() {
    let w = World::start().await;
    let created = made(&w, json!({ "name": "Aurora", "code": "aurora" })).await;
    let dashless = created.id().replace('-', "").to_uppercase();

    for name in [created.id().as_str(), "aurora", &dashless] {
        let found = w
            .admin()
            .get(&format!("/products/{name}"))
            .await
            .expect(200);
        assert_eq!(found.body, created.body, "{name}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let w = World::start().await;

    let answer = w.admin().get("/products/borealis").await.expect(404);

    assert_eq!(answer.at("/errors/0/title"), "Not found");
    assert_eq!(answer.code(), "NOT_FOUND");
    assert_eq!(
        answer.detail(),
        "The requested product 'borealis' was not found"
    );
}

#[tokio::test]
async fn an_older_client_gets_nested_metadata_in_snake_case() {
    let w = World::start().await;
    let metadata = json!({ "parentKey": { "childKey": 1 }, "list": [{ "itemKey": 1 }] });
    let created = made(&w, json!({ "name": "Aurora", "metadata": metadata })).await;
    let path = format!("/products/{}", created.id());

    let old = w
        .admin()
        .with("keygen-version", "1.4")
        .get(&path)
        .await
        .expect(200);
    let new = w
        .admin()
        .with("keygen-version", "1.5")
        .get(&path)
        .await
        .expect(200);

    assert_eq!(new.at("/data/attributes/metadata"), &metadata);
    assert_eq!(
        old.at("/data/attributes/metadata"),
        &json!({ "parentKey": { "child_key": 1 }, "list": [{ "item_key": 1 }] })
    );
}
