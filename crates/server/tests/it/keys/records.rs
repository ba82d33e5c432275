//! Keys by themselves.

use chrono::TimeDelta;
use keystead_testkit::World;
use serde_json::json;

use super::*;

#[tokio::test]
async fn a_key_is_made_changed_and_removed() {
    let w = World::start().await;
    let product = w.product().await;
    let policy = w.policy().of(&product).with("usePool", true).create().await;

    let answer = put(&w, &policy, "POOL-0001").await.expect(201);

    let path = format!("/keys/{}", answer.id());
    for (name, noun, id) in [
        ("product", "products", &product),
        ("policy", "policies", &policy),
    ] {
        assert_eq!(
            answer.at(&format!("/data/relationships/{name}")),
            &json!({
                "links": { "related": format!("/v1/accounts/{}{path}/{name}", w.account()) },
                "data": { "type": noun, "id": id },
            })
        );
        let related = w.admin().get(&format!("{path}/{name}")).await.expect(200);
        assert_eq!(&related.id(), id);
    }
    let change = json!({ "data": { "type": "keys", "attributes": { "key": "POOL-0002" } } });
    let changed = w.admin().patch(&path, change).await.expect(200);
    assert_eq!(changed.at("/data/attributes/key"), "POOL-0002");
    put(&w, &policy, "POOL-0001").await.expect(201);
    w.admin().delete(&path).await.expect(204);
    w.admin().get(&path).await.expect(404);
}

#[tokio::test]
async fn what_is_wrong_with_a_key_is_told_with_its_pointer() {
    let w = World::start().await;
    let policy = pooled(&w).await;
    let unpooled = w.policy().create().await;
    let license = w.license().with("key", "A-LICENSES-KEY").create().await;
    put(&w, &policy, "POOL-0001").await.expect(201);
    let long = "x".repeat(1025);
    let unknown = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";

    let (key, of) = ("/data/attributes/key", "/data/relationships/policy");
    #[rustfmt::skip]
    let table = [
        (&policy,              "",               (400, "",                     key, "cannot be blank")),
        (&policy,              "POOL-01",        (422, "KEY_TOO_SHORT",        key, "is too short (minimum is 8 characters)")),
        (&policy,              &long,            (422, "KEY_TOO_LONG",         key, "is too long (maximum is 1024 characters)")),
        (&policy,              "POOL-0001",      (422, "KEY_TAKEN",            key, "has already been taken")),
        (&policy,              "A-LICENSES-KEY", (422, "KEY_CONFLICT",         key, "is already being used as a license's key")),
        (&policy,              &license.id,      (422, "KEY_CONFLICT",         key, "must not conflict with another license's identifier (UUID)")),
        (&unpooled,            "POOL-0002",      (422, "POLICY_NOT_SUPPORTED", of,  "cannot be added to an unpooled policy")),
        (&unknown.to_owned(),  "POOL-0002",      (422, "POLICY_NOT_FOUND",     of,  "must exist")),
    ];
    for (policy, text, expected) in table {
        let refused = put(&w, policy, text).await;
        assert_eq!(
            (
                refused.status,
                refused.code(),
                refused.pointer(),
                refused.detail()
            ),
            expected,
            "{text}"
        );
    }
}

#[tokio::test]
async fn products_see_their_own_keys_and_customers_none() {
    let w = World::start().await;
    let product = w.product().await;
    let mine = w.policy().of(&product).with("usePool", true).create().await;
    let other = pooled(&w).await;
    put(&w, &mine, "POOL-0001").await.expect(201);
    w.advance(TimeDelta::seconds(1));
    let foreign = put(&w, &other, "POOL-0002").await.expect(201).id();
    let caller = w.bearer(&w.product_token(&product).await);

    let list = w.admin().get("/keys").await.expect(200);
    assert_eq!(keys(&list), ["POOL-0002", "POOL-0001"]);
    for query in [format!("policy={mine}"), format!("product={product}")] {
        let list = w.admin().get(&format!("/keys?{query}")).await.expect(200);
        assert_eq!(keys(&list), ["POOL-0001"], "{query}");
    }
    let list = caller.get("/keys").await.expect(200);
    assert_eq!(keys(&list), ["POOL-0001"]);
    caller.get(&format!("/keys/{foreign}")).await.expect(404);
    caller
        .get(&format!("/policies/{other}/pool"))
        .await
        .expect(404);
    caller
        .post("/keys", body(&other, "POOL-0003"))
        .await
        .expect(403);

    let license = w.license().of(&mine).create().await;
    license.holder.get("/keys").await.expect(403);
    license
        .holder
        .get(&format!("/keys/{foreign}"))
        .await
        .expect(404);
}

#[tokio::test]
async fn a_keys_policy_keeps_its_newer_names_for_older_clients() {
    let w = World::start().await;
    let key = put(&w, &pooled(&w).await, "POOL-0001").await.id();
    let client = w.admin().with("keygen-version", "1.1");

    let policy = client.get(&format!("/keys/{key}/policy")).await.expect(200);

    assert_eq!(policy.at("/data/attributes/concurrent"), false);
    for name in ["processLeasingStrategy", "machineUniquenessStrategy"] {
        assert!(policy.at("/data/attributes").get(name).is_some(), "{name}");
    }
}
