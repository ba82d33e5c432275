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

#[tokio::test]
async fn a_license_a_user_and_a_machine_lead_to_the_group_they_are_in() {
    let w = World::start().await;
    let body = json!({ "data": { "type": "groups", "attributes": { "name": "Lab" } } });
    let group = w.admin().post("/groups", body).await.expect(201).id();
    let ann = w.user("ann@acme.example").await;
    let license = w.license().owner(&ann).create().await;
    let machine = license.activate("laptop").await.expect(201).id();
    let paths = [
        format!("/licenses/{}/group", license.id),
        format!("/machines/{machine}/group"),
        format!("/users/{ann}/group"),
    ];

    // A user without a group answers null, the others that there is none.
    for (path, status) in paths.iter().zip([404, 404, 200]) {
        let none = w.admin().get(path).await.expect(status);
        assert_eq!(none.at("/data"), &Value::Null, "{path}");
    }
    for path in &paths {
        let join = json!({ "data": { "type": "groups", "id": group } });
        w.admin().put(path, join).await.expect(200);
        let found = w.admin().get(path).await.expect(200);
        assert_eq!(
            (found.id(), found.at("/data/type")),
            (group.clone(), &json!("groups"))
        );
        w.anyone().get(path).await.expect(401);
    }
    license.holder.get(&paths[0]).await.expect(200);
    license.holder.get(&paths[1]).await.expect(200);
    license.holder.get(&paths[2]).await.expect(403);
}
