//! Policies, as clients see them: versions.

use keystead_testkit::World;
use serde_json::json;

use super::{change, policy};

#[tokio::test]
async fn older_clients_read_the_names_they_know() {
    let w = World::start().await;
    let product = w.product().await;
    let path = format!("/policies/{}", w.policy().of(&product).create().await);
    let renamed = [
        ("1.6", "processLeasingStrategy", "leasingStrategy"),
        (
            "1.3",
            "machineUniquenessStrategy",
            "fingerprintUniquenessStrategy",
        ),
        (
            "1.3",
            "machineMatchingStrategy",
            "fingerprintMatchingStrategy",
        ),
    ];
    let list = format!("/products/{product}/policies");

    for (version, new, old) in renamed {
        let client = w.admin().with("keygen-version", version);
        for (path, at) in [(&path, "/data"), (&list, "/data/0")] {
            let shown = client.get(path).await.expect(200);
            let attributes = &shown.at(at)["attributes"];
            assert!(attributes.get(old).is_some(), "{version} {path}");
            assert!(attributes.get(new).is_none(), "{version} {path}");
        }
        let next = w
            .admin()
            .with("keygen-version", "1.7")
            .get(&path)
            .await
            .expect(200);
        assert!(next.at("/data/attributes").get(new).is_some());
    }

    let shown = |version| {
        let client = w.admin().with("keygen-version", version);
        let path = path.clone();
        async move {
            client
                .get(&path)
                .await
                .expect(200)
                .at("/data/attributes/concurrent")
                .clone()
        }
    };
    assert_eq!(shown("1.1").await, json!(false));
    assert_eq!(shown("1.2").await, json!(null));
}

#[tokio::test]
async fn older_clients_write_the_names_they_know() {
    let w = World::start().await;
    let product = w.product().await;

    #[rustfmt::skip]
    let table = [
        ("1.6", "1.7", "leasingStrategy",               json!("PER_USER"),         "processLeasingStrategy",    json!("PER_USER")),
        ("1.3", "1.4", "fingerprintUniquenessStrategy", json!("UNIQUE_PER_POLICY"), "machineUniquenessStrategy", json!("UNIQUE_PER_POLICY")),
        ("1.3", "1.4", "fingerprintMatchingStrategy",   json!("MATCH_ALL"),        "machineMatchingStrategy",   json!("MATCH_ALL")),
        ("1.1", "1.2", "concurrent",                    json!(true),               "overageStrategy",           json!("ALWAYS_ALLOW_OVERAGE")),
        ("1.1", "1.2", "concurrent",                    json!(false),              "overageStrategy",           json!("NO_OVERAGE")),
    ];
    for (until, since, name, value, newest_name, newest_value) in table {
        let attributes = json!({ "name": "A", "floating": true, name: value });
        let old = w.admin().with("keygen-version", until);
        let made = old
            .post("/policies", policy(&product, attributes.clone()))
            .await
            .expect(201);
        let path = format!("/policies/{}", made.id());
        let shown = w.admin().get(&path).await.expect(200);
        assert_eq!(
            shown.at("/data/attributes")[newest_name],
            newest_value,
            "{name}"
        );
        old.patch(&path, change(json!({ name: value })))
            .await
            .expect(200);
        old.patch(&path, change(json!({ newest_name: newest_value })))
            .await
            .expect(200);

        let newer = w.admin().with("keygen-version", since);
        let refused = newer
            .post("/policies", policy(&product, attributes))
            .await
            .expect(400);
        let pointer = format!("/data/attributes/{name}");
        assert_eq!(
            (refused.pointer(), refused.detail()),
            (pointer.as_str(), "unpermitted parameter")
        );
    }
}

#[tokio::test]
async fn defaults_are_those_of_the_clients_version() {
    let w = World::start().await;
    let product = w.product().await;

    #[rustfmt::skip]
    let table = [
        ("1.1", "overageStrategy", "ALWAYS_ALLOW_OVERAGE"),
        ("1.2", "overageStrategy", "NO_OVERAGE"),
        ("1.2", "heartbeatBasis",  "FROM_FIRST_PING"),
        ("1.3", "heartbeatBasis",  "FROM_CREATION"),
    ];
    for (version, name, value) in table {
        let attributes = json!({ "name": "A", "requireHeartbeat": true });
        let client = w.admin().with("keygen-version", version);
        let made = client
            .post("/policies", policy(&product, attributes))
            .await
            .expect(201);
        assert_eq!(made.at("/data/attributes")[name], value, "{version}");
    }
}
