//! Users, as clients see them: ban.

use keystead_testkit::World;
use serde_json::json;

use super::staff;

#[tokio::test]
async fn a_ban_shuts_the_user_and_its_licenses_out_until_it_is_lifted() {
    let w = World::start().await;
    let ada = w.user("ada@example.com").await;
    let license = w.license().owner(&ada).create().await;
    let caller = w.log_in("ada@example.com").await;
    let path = format!("/users/{ada}");

    let banned = w
        .admin()
        .post(&format!("{path}/actions/ban"), json!({}))
        .await
        .expect(200);

    assert_eq!(banned.at("/data/attributes/status"), "BANNED");
    assert_eq!(caller.get("/me").await.expect(403).code(), "USER_BANNED");
    assert_eq!(
        license.holder.get("/me").await.expect(403).code(),
        "LICENSE_BANNED"
    );

    let unbanned = w
        .admin()
        .post(&format!("{path}/actions/unban"), json!({}))
        .await
        .expect(200);
    assert_eq!(unbanned.at("/data/attributes/status"), "ACTIVE");
    caller.get("/me").await.expect(200);
    license.holder.get("/me").await.expect(200);
}

#[tokio::test]
async fn staff_is_not_banned_and_customers_ban_nobody() {
    let w = World::start().await;
    staff(&w, "read-only").await;
    w.user("ada@example.com").await;
    let ada = w.log_in("ada@example.com").await;

    let refused = w
        .admin()
        .post("/users/read-only@staff.example/actions/ban", json!({}))
        .await
        .expect(403);
    assert!(
        refused.detail().contains("must have a user role"),
        "{}",
        refused.detail()
    );
    ada.post("/users/ada@example.com/actions/ban", json!({}))
        .await
        .expect(403);
    w.admin()
        .post("/users/nobody@a.b/actions/ban", json!({}))
        .await
        .expect(404);
}

#[tokio::test]
async fn each_role_bans_as_the_matrix_says() {
    let w = World::start().await;
    let product = w.product().await;
    w.user("ada@example.com").await;

    #[rustfmt::skip]
    let table = [
        (staff(&w, "developer").await,                   200),
        (staff(&w, "sales-agent").await,                 200),
        (staff(&w, "support-agent").await,               200),
        (staff(&w, "read-only").await,                   403),
        (w.bearer(&w.product_token(&product).await),     200),
    ];
    for (caller, status) in table {
        for action in ["ban", "unban"] {
            let path = format!("/users/ada@example.com/actions/{action}");
            caller.post(&path, json!({})).await.expect(status);
        }
    }
}
