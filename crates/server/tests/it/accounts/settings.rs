//! Settings of accounts, as clients see them.

use keystead_testkit::World;
use serde_json::{Value, json};

use crate::users::staff;

fn setting(attributes: Value) -> Value {
    json!({ "data": { "type": "settings", "attributes": attributes } })
}

async fn license_of(w: &World) -> Value {
    let license = w.license().create().await;
    let shown = w
        .admin()
        .get(&format!("/licenses/{}", license.id))
        .await
        .expect(200);
    shown.at("/data/attributes/permissions").clone()
}

#[tokio::test]
async fn a_setting_is_found_by_id_and_by_key_and_comes_back_as_it_was_sent() {
    let w = World::start().await;
    let value = json!(["license.validate", "license.read"]);

    let sent = setting(json!({ "key": "defaultLicensePermissions", "value": value }));
    let created = w.admin().post("/settings", sent.clone()).await.expect(201);

    assert_eq!(
        created.at("/data/attributes/key"),
        "default_license_permissions"
    );
    assert_eq!(created.at("/data/attributes/value"), &value);
    for name in [created.id().as_str(), "default_license_permissions"] {
        let shown = w
            .admin()
            .get(&format!("/settings/{name}"))
            .await
            .expect(200);
        assert_eq!(shown.body, created.body);
    }
    let again = w.admin().post("/settings", sent).await.expect(422);
    assert_eq!(
        (again.code(), again.pointer()),
        ("KEY_TAKEN", "/data/attributes/key")
    );
    let listed = w.admin().get("/settings").await.expect(200);
    assert_eq!(listed.at("/data/0"), created.at("/data"));
}

#[tokio::test]
async fn new_licenses_and_users_may_what_the_settings_say() {
    let w = World::start().await;
    let usual = license_of(&w).await;
    for (key, value) in [
        ("default_license_permissions", json!(["license.validate"])),
        (
            "default_user_permissions",
            json!(["user.read", "license.read"]),
        ),
    ] {
        let sent = setting(json!({ "key": key, "value": value }));
        w.admin().post("/settings", sent).await.expect(201);
    }

    assert_eq!(license_of(&w).await, json!(["license.validate"]));
    let user = w.user("ada@acme.example").await;
    let shown = w.admin().get(&format!("/users/{user}")).await.expect(200);
    assert_eq!(
        shown.at("/data/attributes/permissions"),
        &json!(["license.read", "user.read"])
    );

    let change = setting(json!({ "value": ["license.read"] }));
    w.admin()
        .patch("/settings/default_license_permissions", change)
        .await
        .expect(200);
    assert_eq!(license_of(&w).await, json!(["license.read"]));
    w.admin()
        .delete("/settings/default_license_permissions")
        .await
        .expect(204);
    assert_eq!(license_of(&w).await, usual);
}

#[tokio::test]
async fn what_is_no_setting_is_told() {
    let w = World::start().await;
    let of = |key: &str, value: Value| setting(json!({ "key": key, "value": value }));

    let unknown = w
        .admin()
        .post("/settings", of("theme", json!("dark")))
        .await
        .expect(422);
    assert_eq!(unknown.at("/errors").as_array().map(Vec::len), Some(2));
    let license = "default_license_permissions";
    for value in [
        json!(["license.create"]),
        json!(["license.read", "license.read"]),
        json!([null]),
    ] {
        let refused = w
            .admin()
            .post("/settings", of(license, value))
            .await
            .expect(422);
        assert_eq!(refused.code(), "VALUE_NOT_ALLOWED");
        assert_eq!(
            refused.detail(),
            "must be an array of valid license permissions"
        );
    }
    w.admin().get("/settings/theme").await.expect(404);
    w.admin()
        .get(&format!("/settings/{license}"))
        .await
        .expect(404);
}

#[tokio::test]
async fn admins_and_developers_set_and_are_asked_before_the_body_is_read() {
    let w = World::start().await;
    let nonsense = json!({ "nonsense": true });

    staff(&w, "developer")
        .await
        .get("/settings")
        .await
        .expect(200);
    for role in ["sales-agent", "support-agent", "read-only"] {
        let caller = staff(&w, role).await;
        caller.get("/settings").await.expect(403);
        caller.post("/settings", nonsense.clone()).await.expect(403);
    }
    w.anyone()
        .post("/settings", nonsense.clone())
        .await
        .expect(401);
    w.admin().post("/settings", nonsense).await.expect(400);
}
