//! Users, as clients see them: show.

use chrono::TimeDelta;
use keystead_testkit::{ADMIN_EMAIL, Caller, World};
use serde_json::json;

use super::{attach, made, path};

#[tokio::test]
async fn a_user_is_found_by_id_and_by_address_in_any_case() {
    let w = World::start().await;
    let ada = made(&w, json!({ "email": "ada@example.com" })).await;

    for name in [
        ada.id().as_str(),
        "ada@example.com",
        "ADA@Example.com",
        "ada%40example.com",
    ] {
        let found = w.admin().get(&format!("/users/{name}")).await.expect(200);
        assert_eq!(found.body, ada.body, "{name}");
    }
    let missing = w.admin().get("/users/eve@example.com").await.expect(404);
    assert_eq!(
        missing.detail(),
        "The requested user 'eve@example.com' was not found"
    );
}

#[tokio::test]
async fn a_user_is_inactive_after_ninety_days_without_a_sign_of_life() {
    let w = World::start().await;
    let (idle, owner, member) = (
        w.user("idle@a.b").await,
        w.user("owner@a.b").await,
        w.user("member@a.b").await,
    );
    let license = w.license().owner(&owner).create().await;
    attach(&w, &license.id, &member).await;
    let status = async |admin: &Caller, user: &str| {
        let shown = admin.get(&format!("/users/{user}")).await.expect(200);
        shown
            .at("/data/attributes/status")
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(status(&w.admin(), &idle).await, "ACTIVE");

    w.advance(TimeDelta::days(91));

    let admin = w.log_in(ADMIN_EMAIL).await;
    for user in [&idle, &owner, &member] {
        assert_eq!(status(&admin, user).await, "INACTIVE");
    }
    let validate = format!("/licenses/{}/actions/validate", license.id);
    admin.post(&validate, json!({})).await.expect(200);
    w.app().stamps.flush().await;
    assert_eq!(status(&admin, &idle).await, "INACTIVE");
    assert_eq!(status(&admin, &owner).await, "ACTIVE");
    assert_eq!(status(&admin, &member).await, "ACTIVE");
}

#[tokio::test]
async fn customers_see_themselves_and_whom_they_share_a_license_with() {
    let w = World::start().await;
    let ada = made(&w, json!({ "email": "ada@example.com" })).await;
    let eve = w.user("eve@example.com").await;
    w.user("bob@example.com").await;
    let license = w.license().owner(&ada.id()).create().await;
    attach(&w, &license.id, &eve).await;

    let caller = w.log_in("eve@example.com").await;

    caller.get("/users/eve@example.com").await.expect(200);
    caller.get(&path(&ada)).await.expect(200);
    caller.get("/users/bob@example.com").await.expect(404);
    caller.get("/users/admin@acme.example").await.expect(404);
    let list = caller.get("/users").await.expect(200);
    assert_eq!(list.at("/data").as_array().unwrap().len(), 2);
}
