//! Releases and packages, as they are made and changed.

use keystead_testkit::{Caller, World};
use serde_json::{Value, json};

fn release(product: &str, attributes: &Value) -> Value {
    json!({ "data": {
        "type": "releases",
        "attributes": attributes,
        "relationships": { "product": { "data": { "type": "products", "id": product } } },
    } })
}

fn package(product: &str, attributes: &Value) -> Value {
    json!({ "data": {
        "type": "packages",
        "attributes": attributes,
        "relationships": { "product": { "data": { "type": "products", "id": product } } },
    } })
}

#[tokio::test]
async fn a_release_is_a_draft_until_it_is_published_and_gone_from_view_when_yanked() {
    let w = World::start().await;
    let product = w.product().await;
    let license = w.policy().of(&product).create().await;
    let license = w.license().of(&license).create().await;
    let body = release(
        &product,
        &json!({ "version": "1.2-beta.1", "channel": "beta" }),
    );

    let made = w.admin().post("/releases", body).await.expect(201);
    let path = format!("/releases/{}", made.id());
    assert_eq!(made.at("/data/attributes/status"), "DRAFT");
    assert_eq!(made.at("/data/attributes/version"), "1.2.0-beta.1");
    license.holder.get(&path).await.expect(404);

    for (action, status, seen) in [("publish", "PUBLISHED", 200), ("yank", "YANKED", 404)] {
        let path = format!("{path}/actions/{action}");
        let turned = w.admin().post(&path, json!({})).await.expect(200);
        assert_eq!(turned.at("/data/attributes/status"), status);
        license
            .holder
            .get(&format!("/releases/{}", made.id()))
            .await
            .expect(seen);
    }
    license.holder.delete(&path).await.expect(404);
    w.admin().delete(&path).await.expect(204);
    w.admin().get(&path).await.expect(404);
}

#[tokio::test]
async fn a_release_fits_its_channel_and_is_the_only_one_of_its_version_and_tag() {
    let w = World::start().await;
    let product = w.product().await;
    let first = json!({ "version": "1.0.0", "channel": "stable", "tag": "latest" });
    let body = release(&product, &first);
    w.admin().post("/releases", body).await.expect(201);

    #[rustfmt::skip]
    let table = [
        (json!({ "version": "1",     "channel": "stable" }),                  "VERSION_TAKEN"),
        (json!({ "version": "1.0.1", "channel": "stable", "tag": "latest" }), "TAG_TAKEN"),
        (json!({ "version": "1.0.1", "channel": "stable", "tag": "actions" }),"TAG_NOT_ALLOWED"),
        (json!({ "version": "v1",    "channel": "stable" }),                  "VERSION_INVALID"),
        (json!({ "version": "2.0.0", "channel": "beta" }),                    "VERSION_CHANNEL_INVALID"),
        (json!({ "version": "2.0.0", "channel": "stable", "backdated": "2999-01-01T00:00:00Z" }), "BACKDATED_INVALID"),
    ];
    for (attributes, code) in table {
        let body = release(&product, &attributes);
        let refused = w.admin().post("/releases", body).await.expect(422);
        assert_eq!(refused.code(), code, "{attributes}");
    }
    let other = release(&w.product().await, &first);
    w.admin().post("/releases", other).await.expect(201);
    let yanked = json!({ "version": "3.0.0", "channel": "stable", "status": "YANKED" });
    let refused = w
        .admin()
        .post("/releases", release(&product, &yanked))
        .await;
    assert_eq!(refused.expect(400).pointer(), "/data/attributes/status");
}

#[tokio::test]
async fn of_two_releases_of_one_version_made_at_once_one_is_refused() {
    let w = World::start().await;
    let product = w.product().await;
    let attributes = json!({ "version": "1.0.0", "channel": "stable" });
    let admin = w.admin();
    let make = |caller: Caller| {
        let body = release(&product, &attributes);
        async move { caller.post("/releases", body).await.status }
    };

    let (a, b) = tokio::join!(make(admin.clone()), make(admin));

    let mut both = [a, b];
    both.sort_unstable();
    assert_eq!(both, [201, 422]);
}

#[tokio::test]
async fn only_what_may_be_changed_of_a_release_is_changed() {
    let w = World::start().await;
    let product = w.product().await;
    let attributes = json!({ "version": "1.0.0", "channel": "stable", "name": "One", "tag": "a" });
    let made = w
        .admin()
        .post("/releases", release(&product, &attributes))
        .await;
    let path = format!("/releases/{}", made.expect(201).id());
    let change =
        |attributes: Value| json!({ "data": { "type": "releases", "attributes": attributes } });

    let body = change(json!({ "name": null, "tag": "b", "description": "Faster.\n" }));
    let changed = w.admin().patch(&path, body).await.expect(200);
    let refused = w
        .admin()
        .patch(&path, change(json!({ "version": "2.0.0" })))
        .await;

    assert!(changed.at("/data/attributes/name").is_null());
    assert_eq!(changed.at("/data/attributes/tag"), "b");
    assert_eq!(refused.expect(400).detail(), "unpermitted parameter");
    w.admin().get("/releases/a").await.expect(404);
    w.admin().get("/releases/b").await.expect(200);
}

#[tokio::test]
async fn a_product_makes_releases_and_packages_of_its_own_alone() {
    let w = World::start().await;
    let (own, other) = (w.product().await, w.product().await);
    let caller = w.bearer(&w.product_token(&own).await);
    let attributes = json!({ "version": "1.0.0", "channel": "stable" });
    let named = json!({ "name": "SDK", "key": "sdk", "engine": "npm" });

    caller
        .post("/releases", release(&own, &attributes))
        .await
        .expect(201);
    caller
        .post("/releases", release(&other, &attributes))
        .await
        .expect(403);
    caller
        .post("/packages", package(&own, &named))
        .await
        .expect(201);
    caller
        .post("/packages", package(&other, &named))
        .await
        .expect(403);

    caller.get("/engines/npm").await.expect(200);
    caller.get("/packages/sdk").await.expect(200);
}

#[tokio::test]
async fn a_packages_key_is_its_own_in_the_account_and_no_id() {
    let w = World::start().await;
    let product = w.product().await;
    let named = |key: &str, engine: Value| json!({ "name": "SDK", "key": key, "engine": engine });
    let body = package(&product, &named("my__pkg", json!("pypi")));
    let made = w.admin().post("/packages", body).await.expect(201);
    assert_eq!(made.at("/data/attributes/key"), "my-pkg");

    #[rustfmt::skip]
    let table = [
        ("my-pkg",                               "KEY_TAKEN"),
        ("actions",                              "KEY_NOT_ALLOWED"),
        ("0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10", "KEY_INVALID"),
    ];
    for (key, code) in table {
        let body = package(&product, &named(key, Value::Null));
        let refused = w.admin().post("/packages", body).await.expect(422);
        assert_eq!(refused.code(), code, "{key}");
    }
    let path = format!("/packages/{}", made.id());
    let change = json!({ "data": { "type": "packages", "attributes": { "engine": null } } });
    let changed = w.admin().patch(&path, change).await.expect(200);
    assert!(changed.at("/data/attributes/engine").is_null());
    w.admin().delete(&path).await.expect(204);
    w.admin().get(&path).await.expect(404);
}
