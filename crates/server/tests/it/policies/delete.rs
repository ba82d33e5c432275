//! Policies, as clients see them: delete.

use keystead_testkit::World;

#[tokio::test]
async fn a_policy_goes_with_its_licenses_and_the_product_stays() {
    let w = World::start().await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let license = w.license().of(&policy).create().await;
    let machine = license.activate("laptop").await.expect(201).id();
    let other = w.license().create().await;
    let path = format!("/policies/{policy}");

    w.admin().delete(&path).await.expect(204);

    w.admin().delete(&path).await.expect(404);
    w.admin()
        .get(&format!("/licenses/{}", license.id))
        .await
        .expect(404);
    w.admin()
        .get(&format!("/machines/{machine}"))
        .await
        .expect(404);
    license.holder.get("/me").await.expect(401);
    w.admin()
        .get(&format!("/products/{product}"))
        .await
        .expect(200);
    w.admin()
        .get(&format!("/licenses/{}", other.id))
        .await
        .expect(200);
}
