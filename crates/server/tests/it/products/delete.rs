//! Products, as clients see them: delete.

use keystead_testkit::World;
use serde_json::json;

use super::made;

#[tokio::test]
async fn a_product_goes_with_all_that_is_its() {
    let w = World::start().await;
    let product = made(&w, json!({ "name": "Aurora", "code": "aurora" }))
        .await
        .id();
    let token = w.product_token(&product).await;
    let policy = w.policy().of(&product).create().await;
    let license = w.license().of(&policy).create().await;

    let gone = w.admin().delete("/products/aurora").await.expect(204);

    assert_eq!(gone.text, "");
    for path in [
        format!("/products/{product}"),
        format!("/policies/{policy}"),
        format!("/licenses/{}", license.id),
    ] {
        w.admin().get(&path).await.expect(404);
    }
    w.bearer(&token).get("/me").await.expect(401);
    license.holder.get("/me").await.expect(401);
    let tokens = w.admin().get("/tokens").await.expect(200);
    assert_eq!(
        tokens.at("/data").as_array().unwrap().len(),
        1,
        "the admin's own"
    );
}

#[tokio::test]
async fn what_is_gone_is_not_found_again() {
    let w = World::start().await;
    let path = format!("/products/{}", w.product().await);

    w.admin().delete(&path).await.expect(204);

    w.admin().delete(&path).await.expect(404);
}
