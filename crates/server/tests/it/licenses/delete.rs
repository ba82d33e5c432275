//! Licenses, as clients see them: delete.

use keystead_testkit::World;
use serde_json::Value;

use super::key;

#[tokio::test]
async fn a_deleted_license_is_gone_with_its_machines() {
    let w = World::start().await;
    let made = w.license().create().await;
    let machine = made.activate("laptop").await.expect(201).id();

    made.holder
        .delete(&format!("/licenses/{}", made.id))
        .await
        .expect(403);
    w.anyone()
        .delete(&format!("/licenses/{}", made.id))
        .await
        .expect(401);
    let gone = w
        .admin()
        .delete(&format!("/licenses/{}", made.key))
        .await
        .expect(204);
    assert_eq!(gone.text, "");

    w.admin()
        .get(&format!("/licenses/{}", made.id))
        .await
        .expect(404);
    w.admin()
        .get(&format!("/machines/{machine}"))
        .await
        .expect(404);
    let answer = w
        .anyone()
        .post(
            "/licenses/actions/validate-key",
            key(&made.key, Value::Null),
        )
        .await;
    assert_eq!(answer.at("/meta/code"), "NOT_FOUND");
    made.holder.get("/me").await.expect(401);
}

#[tokio::test]
async fn an_owner_deletes_its_license_unless_the_policy_is_protected() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let caller = w.log_in("ann@acme.example").await;
    let open = w
        .license()
        .policy("protected", false)
        .owner(&ann)
        .create()
        .await;
    let closed = w
        .license()
        .policy("protected", true)
        .owner(&ann)
        .create()
        .await;

    caller
        .delete(&format!("/licenses/{}", closed.id))
        .await
        .expect(403);
    caller
        .delete(&format!("/licenses/{}", open.id))
        .await
        .expect(204);
}
