//! Users, as clients see them: delete.

use keystead_testkit::World;
use serde_json::json;

use super::attach;

#[tokio::test]
async fn a_user_goes_with_its_licenses_and_what_it_shared_stays() {
    let w = World::start().await;
    let (ada, eve) = (
        w.user("ada@example.com").await,
        w.user("eve@example.com").await,
    );
    let owned = w.license().owner(&ada).create().await;
    let shared = w.license().owner(&eve).create().await;
    attach(&w, &shared.id, &ada).await;
    let caller = w.log_in("ada@example.com").await;

    let path = format!("/users/{ada}");
    w.admin().delete(&path).await.expect(204);

    w.admin().delete(&path).await.expect(404);
    caller.get("/me").await.expect(401);
    w.admin()
        .get(&format!("/licenses/{}", owned.id))
        .await
        .expect(404);
    let left = w
        .admin()
        .get(&format!("/licenses/{}", shared.id))
        .await
        .expect(200);
    assert_eq!(left.at("/data/relationships/users/meta/count"), &json!(1));
    w.user("ada@example.com").await;
}

#[tokio::test]
async fn a_product_deletes_its_own_customers_alone() {
    let w = World::start().await;
    let (mine, other) = (w.product().await, w.product().await);
    let (my_policy, other_policy) = (
        w.policy().of(&mine).create().await,
        w.policy().of(&other).create().await,
    );
    let (sole, both, none) = (
        w.user("sole@a.b").await,
        w.user("both@a.b").await,
        w.user("none@a.b").await,
    );
    for (policy, owner) in [
        (&my_policy, &sole),
        (&my_policy, &both),
        (&other_policy, &both),
    ] {
        w.license().of(policy).owner(owner).create().await;
    }
    let product = w.bearer(&w.product_token(&mine).await);

    let refused = product.delete(&format!("/users/{both}")).await.expect(403);
    assert!(
        refused
            .detail()
            .contains("user cannot belong to another product")
    );
    product.delete(&format!("/users/{sole}")).await.expect(204);
    product.delete(&format!("/users/{none}")).await.expect(204);
    product
        .delete("/users/admin@acme.example")
        .await
        .expect(404);
}
