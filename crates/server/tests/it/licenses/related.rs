//! Licenses, as clients see them: related.

use keystead_testkit::World;
use serde_json::{Value, json};

#[tokio::test]
async fn a_license_leads_to_its_product_policy_and_owner() {
    let w = World::start().await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let ann = w.user("ann@acme.example").await;
    let made = w.license().of(&policy).owner(&ann).create().await;
    let nobodys = w.license().of(&policy).create().await;
    let path = |name: &str| format!("/licenses/{}/{name}", made.id);

    assert_eq!(
        w.admin().get(&path("product")).await.expect(200).id(),
        product
    );
    assert_eq!(
        w.admin().get(&path("policy")).await.expect(200).id(),
        policy
    );
    assert_eq!(w.admin().get(&path("owner")).await.expect(200).id(), ann);
    let nobody = w
        .admin()
        .get(&format!("/licenses/{}/owner", nobodys.id))
        .await
        .expect(200);
    assert_eq!(nobody.body, json!({ "data": Value::Null }));
    made.holder.get(&path("policy")).await.expect(403);
    w.anyone().get(&path("policy")).await.expect(401);
}
