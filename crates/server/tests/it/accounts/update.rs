//! Accounts, as clients see them: update.

use chrono::TimeDelta;
use keystead_testkit::World;
use reqwest::Method;
use serde_json::json;

use super::change;
use crate::users::staff;

#[tokio::test]
async fn a_change_is_seen_at_once_under_both_names() {
    let w = World::start().await;
    w.advance(TimeDelta::minutes(1));

    let sent = change(json!({ "name": "Acme Inc.", "slug": "acme-inc", "protected": false }));
    let changed = w.admin().patch("", sent).await.expect(200);

    let attributes = changed.at("/data/attributes");
    assert_eq!(attributes["name"], "Acme Inc.");
    assert_eq!(attributes["slug"], "acme-inc");
    assert_eq!(attributes["protected"], false);
    assert_eq!(attributes["updated"], "2026-01-01T00:01:00.000Z");
    let path = "/v1/accounts/acme-inc";
    let shown = w
        .admin()
        .send_raw(Method::GET, path, None)
        .await
        .expect(200);
    assert_eq!(shown.body, changed.body);
    w.admin()
        .send_raw(Method::GET, "/v1/accounts/acme", None)
        .await
        .expect(404);
    let unchanged = w
        .admin()
        .put("", change(json!({ "name": null })))
        .await
        .expect(200);
    assert_eq!(unchanged.at("/data/attributes/name"), "Acme Inc.");
}

#[tokio::test]
async fn the_accounts_version_is_for_clients_that_ask_for_none() {
    let w = World::start().await;
    let path = format!("/policies/{}", w.policy().create().await);

    w.admin()
        .patch("", change(json!({ "apiVersion": "1.3" })))
        .await
        .expect(200);

    let shown = w.admin().get(&path).await.expect(200);
    assert_eq!(shown.header("keygen-version"), "1.3");
    assert!(
        shown
            .at("/data/attributes")
            .get("fingerprintMatchingStrategy")
            .is_some()
    );
    let newest = w
        .admin()
        .with("keygen-version", "1.8")
        .get(&path)
        .await
        .expect(200);
    assert!(
        newest
            .at("/data/attributes")
            .get("machineMatchingStrategy")
            .is_some()
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_place() {
    let w = World::start().await;

    let refused = w
        .admin()
        .patch("", change(json!({ "apiVersion": "2.0" })))
        .await
        .expect(400);
    assert_eq!(
        (refused.pointer(), refused.detail()),
        ("/data/attributes/apiVersion", "is invalid")
    );
    let refused = w
        .admin()
        .patch("", change(json!({ "status": "PAUSED" })))
        .await
        .expect(400);
    assert_eq!(refused.pointer(), "/data/attributes/status");

    #[rustfmt::skip]
    let table = [
        (json!({ "slug": "Acme_Inc" }), "slug", "can only contain lowercase letters, numbers and dashes (but cannot start with dash)"),
        (json!({ "slug": "5f6c1a52-6f5e-4a0c-9d4e-2f1f7a0f3b11" }), "slug", "cannot resemble a UUID"),
        (json!({ "name": "x".repeat(256) }), "name", "is too long (maximum is 255 characters)"),
    ];
    for (attributes, name, detail) in table {
        let refused = w
            .admin()
            .patch("", change(attributes.clone()))
            .await
            .expect(422);
        let pointer = format!("/data/attributes/{name}");
        assert_eq!(
            (refused.pointer(), refused.detail()),
            (pointer.as_str(), detail),
            "{attributes}"
        );
    }
}

#[tokio::test]
async fn admins_and_developers_change_the_account_and_are_asked_before_the_body_is_read() {
    let w = World::start().await;
    let nonsense = json!({ "nonsense": true });

    staff(&w, "developer")
        .await
        .patch("", change(json!({ "name": "A" })))
        .await
        .expect(200);
    for role in ["sales-agent", "support-agent", "read-only"] {
        staff(&w, role)
            .await
            .patch("", nonsense.clone())
            .await
            .expect(403);
    }
    w.anyone().patch("", nonsense.clone()).await.expect(401);
    w.admin().patch("", nonsense).await.expect(400);
}
