//! Licenses, as clients see them: create.

use chrono::TimeDelta;
use futures::future::join_all;
use keystead_testkit::World;
use serde_json::{Value, json};

use super::license;

#[tokio::test]
async fn a_license_takes_its_terms_from_its_policy() {
    let w = World::start().await;
    let policy = w
        .policy()
        .with("duration", 2_592_000)
        .with("maxMachines", 3)
        .with("protected", true)
        .create()
        .await;

    let made = w
        .admin()
        .post("/licenses", license(&policy, json!({})))
        .await
        .expect(201);

    let attributes = made.at("/data/attributes");
    assert_eq!(attributes["expiry"], "2026-01-31T00:00:00.000Z");
    assert_eq!(attributes["maxMachines"], 3);
    assert_eq!(attributes["protected"], true);
    assert_eq!(attributes["status"], "ACTIVE");
    assert_eq!(attributes["name"], Value::Null);
    assert_eq!(attributes["metadata"], json!({}));
    assert_eq!(attributes["lastValidated"], Value::Null);
    let key = attributes["key"].as_str().unwrap();
    assert_eq!(key.len(), 37, "{key}");
    assert!(key.ends_with("-V3"), "{key}");
    let id = made.id();
    let place = format!("/v1/accounts/{}/licenses/{id}", w.account());
    assert!(
        made.header("location").ends_with(&place),
        "{}",
        made.header("location")
    );
    assert_eq!(made.at("/data/links/self"), &json!(place));
    assert_eq!(
        made.at("/data/relationships/machines"),
        &json!({
            "links": { "related": format!("{place}/machines") },
            "meta": { "cores": 0, "memory": 0, "disk": 0, "count": 0 },
        }),
    );
    assert_eq!(
        made.at("/data/relationships/users"),
        &json!({ "links": { "related": format!("{place}/users") }, "meta": { "count": 0 } }),
    );
    assert_eq!(made.at("/data/relationships/owner/data"), &Value::Null);
    assert_eq!(
        made.at("/data/relationships/policy/data/id"),
        &json!(policy)
    );
}

#[tokio::test]
async fn what_is_said_goes_before_the_policy() {
    let w = World::start().await;
    let policy = w
        .policy()
        .with("maxMachines", 3)
        .with("duration", 86_400)
        .create()
        .await;
    let attributes = json!({
        "name": "ACME seat",
        "key": "a key of our own",
        "expiry": "2030-01-01T00:00:00Z",
        "suspended": true,
        "protected": true,
        "maxMachines": 5,
        "maxUses": 0,
        "permissions": ["license.validate", "license.read"],
        "metadata": { "orderId": "A-17", "nested": { "someKey": [1] } },
    });

    let made = w
        .admin()
        .post("/licenses", license(&policy, attributes))
        .await
        .expect(201);

    let attributes = made.at("/data/attributes");
    assert_eq!(attributes["name"], "ACME seat");
    assert_eq!(attributes["key"], "a key of our own");
    assert_eq!(attributes["expiry"], "2030-01-01T00:00:00.000Z");
    assert_eq!(attributes["status"], "SUSPENDED");
    assert_eq!(attributes["maxMachines"], 5);
    assert_eq!(
        attributes["maxUses"],
        Value::Null,
        "an override of 0 counts as none"
    );
    assert_eq!(
        attributes["permissions"],
        json!(["license.read", "license.validate"])
    );
    assert_eq!(
        attributes["metadata"],
        json!({ "orderId": "A-17", "nested": { "someKey": [1] } })
    );
}

#[tokio::test]
async fn every_problem_of_a_license_is_told() {
    let w = World::start().await;
    let policy = w.policy().with("floating", false).create().await;
    #[rustfmt::skip]
    let table = [
        (json!({ "key": "short" }),              "KEY_TOO_SHORT",           "/data/attributes/key"),
        (json!({ "key": "actions" }),            "KEY_NOT_ALLOWED",         "/data/attributes/key"),
        (json!({ "maxMachines": 2 }),            "MAX_MACHINES_INVALID",    "/data/attributes/maxMachines"),
        (json!({ "maxCores": -1 }),              "MAX_CORES_INVALID",       "/data/attributes/maxCores"),
        (json!({ "maxUses": 2_147_483_648_u64 }),"MAX_USES_INVALID",        "/data/attributes/maxUses"),
        (json!({ "name": "x".repeat(1025) }),    "NAME_TOO_LONG",           "/data/attributes/name"),
        (json!({ "permissions": ["nope"] }),     "PERMISSIONS_NOT_ALLOWED", "/data/attributes/permissions"),
        (json!({ "permissions": ["license.create"] }), "PERMISSIONS_NOT_ALLOWED", "/data/attributes/permissions"),
        (json!({ "metadata": { "a": "x".repeat(16_400) } }), "METADATA_TOO_LONG", "/data/attributes/metadata"),
    ];
    for (attributes, code, pointer) in table {
        let answer = w
            .admin()
            .post("/licenses", license(&policy, attributes))
            .await
            .expect(422);
        assert_eq!(
            (answer.code(), answer.pointer()),
            (code, pointer),
            "{}",
            answer.text
        );
    }

    let attributes = json!({ "key": "short", "maxCores": -1 });
    let answer = w
        .admin()
        .post("/licenses", license(&policy, attributes))
        .await
        .expect(422);
    let errors = answer.at("/errors").as_array().unwrap();
    let codes: Vec<_> = errors
        .iter()
        .map(|error| error["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["KEY_TOO_SHORT", "MAX_CORES_INVALID"]);
}

#[tokio::test]
async fn what_a_license_is_related_to_must_exist() {
    let w = World::start().await;
    let policy = w.policy().create().await;
    let nobody = "00000000-0000-7000-8000-ffffffffffff";

    let answer = w
        .admin()
        .post("/licenses", license(nobody, json!({})))
        .await
        .expect(422);
    assert_eq!(answer.code(), "POLICY_NOT_FOUND");
    assert_eq!(answer.pointer(), "/data/relationships/policy");

    #[rustfmt::skip]
    let table = [
        ("owner", "users",  "OWNER_NOT_FOUND", "/data/relationships/owner"),
        ("user",  "users",  "OWNER_NOT_FOUND", "/data/relationships/owner"),
        ("group", "groups", "GROUP_NOT_FOUND", "/data/relationships/group"),
    ];
    for (name, kind, code, pointer) in table {
        let mut body = license(&policy, json!({}));
        body["data"]["relationships"][name] = json!({ "data": { "type": kind, "id": nobody } });
        let answer = w.admin().post("/licenses", body).await.expect(422);
        assert_eq!((answer.code(), answer.pointer()), (code, pointer), "{name}");
    }
    let product = w.product().await;
    let token = w.product_token(&product).await;
    w.bearer(&token)
        .post("/licenses", license(nobody, json!({})))
        .await
        .expect(403);
}

#[tokio::test]
async fn an_id_is_taken_once() {
    let w = World::start().await;
    let policy = w.policy().create().await;
    let mut body = license(&policy, json!({}));
    body["data"]["id"] = "0B7F0A0E5D3C4A0B8F1F0C1E7A3A4B10".into();

    let made = w.admin().post("/licenses", body.clone()).await.expect(201);
    assert_eq!(made.id(), "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10");

    let again = w.admin().post("/licenses", body).await.expect(422);
    assert_eq!((again.code(), again.pointer()), ("ID_CONFLICT", "/data/id"));
    assert_eq!(again.detail(), "must not conflict with another license");

    let key = json!({ "key": made.id() });
    let answer = w
        .admin()
        .post("/licenses", license(&policy, key))
        .await
        .expect(422);
    assert_eq!(
        (answer.code(), answer.pointer()),
        ("KEY_CONFLICT", "/data/attributes/key")
    );
}

#[tokio::test]
async fn of_many_licenses_with_one_key_one_is_made() {
    let w = World::start().await;
    let policy = w.policy().create().await;
    let admin = w.admin();

    let body = license(&policy, json!({ "key": "the one and only" }));
    let answers = join_all((0..64).map(|_| admin.post("/licenses", body.clone()))).await;

    let made = answers.iter().filter(|answer| answer.created()).count();
    assert_eq!(made, 1);
    for refused in answers.iter().filter(|answer| !answer.created()) {
        assert_eq!(
            (refused.status, refused.code()),
            (422, "KEY_TAKEN"),
            "{}",
            refused.text
        );
    }
}

#[tokio::test]
async fn keys_are_made_under_their_policys_scheme() {
    let w = World::start().await;
    #[rustfmt::skip]
    let table = [
        ("ED25519_SIGN",                  Some("key/")),
        ("ECDSA_P256_SIGN",               Some("key/")),
        ("RSA_2048_PKCS1_SIGN_V2",        Some("key/")),
        ("RSA_2048_PKCS1_PSS_SIGN_V2",    Some("key/")),
        ("RSA_2048_PKCS1_SIGN",           Some("bGFiZWw=.")),
        ("RSA_2048_PKCS1_PSS_SIGN",       Some("bGFiZWw=.")),
        ("RSA_2048_PKCS1_ENCRYPT",        None),
    ];
    for (scheme, start) in table {
        let policy = w.policy().with("scheme", scheme).create().await;

        let body = license(&policy, json!({ "key": "label" }));
        let made = w.admin().post("/licenses", body).await.expect(201);
        let key = made.at("/data/attributes/key").as_str().unwrap();
        assert!(
            start.is_none_or(|start| key.starts_with(start)),
            "{scheme}: {key}"
        );
        assert_eq!(made.at("/data/attributes/scheme"), scheme);

        let answer = w
            .anyone()
            .post(
                "/licenses/actions/validate-key",
                super::key(key, Value::Null),
            )
            .await;
        assert_eq!(answer.at("/meta/code"), "VALID", "{scheme}");
        let generated = w
            .admin()
            .post("/licenses", license(&policy, json!({})))
            .await
            .expect(201);
        assert_ne!(generated.at("/data/attributes/key"), key);
    }
}

#[tokio::test]
async fn a_schemes_own_rules_are_told_at_the_key() {
    let w = World::start().await;
    let jwt = w
        .policy()
        .with("scheme", "RSA_2048_JWT_RS256")
        .create()
        .await;
    let encrypt = w
        .policy()
        .with("scheme", "RSA_2048_PKCS1_ENCRYPT")
        .create()
        .await;
    let ed25519 = w.policy().with("scheme", "ED25519_SIGN").create().await;

    let body = license(&jwt, json!({ "key": "no claims" }));
    let answer = w.admin().post("/licenses", body).await.expect(422);
    assert_eq!(answer.code(), "KEY_JWT_CLAIMS_INVALID");
    assert_eq!(
        answer.detail(),
        "key is not a valid JWT claims payload (must be a valid JSON encoded string)"
    );

    let body = license(&encrypt, json!({ "key": "x".repeat(246) }));
    let answer = w.admin().post("/licenses", body).await.expect(422);
    assert_eq!(answer.code(), "KEY_BYTE_SIZE_EXCEEDED");

    let body = license(&ed25519, json!({ "key": "same seed" }));
    w.admin().post("/licenses", body.clone()).await.expect(201);
    let again = w.admin().post("/licenses", body).await.expect(409);
    assert_eq!(again.at("/errors/0/title"), "Conflict");
}

#[tokio::test]
async fn a_legacy_key_is_shown_once_and_validates_by_its_raw_form() {
    let w = World::start().await;
    let policy = w.policy().with("encrypted", true).create().await;
    let made = w
        .admin()
        .post("/licenses", license(&policy, json!({})))
        .await
        .expect(201);
    let raw = made.at("/data/attributes/key").as_str().unwrap().to_owned();
    let id = made.id();
    assert!(raw.starts_with(&id.replace('-', "")), "{raw}");

    let shown = w.admin().get(&format!("/licenses/{id}")).await.expect(200);
    assert_eq!(shown.at("/data/attributes/key"), &Value::Null);
    assert_eq!(shown.at("/data/attributes/encrypted"), true);
    w.admin().get(&format!("/licenses/{raw}")).await.expect(404);

    let ask = |key: &str, encrypted: bool| {
        let body = json!({ "meta": { "key": key, "encrypted": encrypted } });
        let anyone = w.anyone();
        async move {
            anyone
                .post("/licenses/actions/validate-key", body)
                .await
                .expect(200)
        }
    };
    assert_eq!(ask(&raw, true).await.at("/meta/code"), "VALID");
    assert_eq!(ask(&raw, false).await.at("/meta/code"), "NOT_FOUND");
    let (kept, last) = raw.split_at(raw.len() - 3);
    let other = if last.starts_with('0') { '1' } else { '0' };
    let wrong = format!("{kept}{other}v1");
    assert_eq!(ask(&wrong, true).await.at("/meta/code"), "NOT_FOUND");

    let plain = w.license().create().await;
    assert_eq!(ask(&plain.key, true).await.at("/meta/code"), "NOT_FOUND");
    let given = license(&policy, json!({ "key": "given key" }));
    assert_eq!(
        w.admin().post("/licenses", given).await.expect(422).code(),
        "KEY_NOT_SUPPORTED"
    );
}

#[tokio::test]
async fn a_pool_that_was_never_filled_is_empty_but_a_given_key_needs_none() {
    let w = World::start().await;
    let policy = w.policy().with("usePool", true).create().await;

    let answer = w
        .admin()
        .post("/licenses", license(&policy, json!({})))
        .await
        .expect(422);
    assert_eq!(
        (answer.code(), answer.pointer()),
        ("POLICY_POOL_EMPTY", "/data/relationships/policy")
    );
    assert_eq!(answer.detail(), "pool is empty");

    let body = license(&policy, json!({ "key": "{{account}} as is" }));
    let made = w.admin().post("/licenses", body).await.expect(201);
    assert_eq!(made.at("/data/attributes/key"), "{{account}} as is");
}

#[tokio::test]
async fn an_owner_makes_a_license_of_its_own_and_says_no_more_than_it_may() {
    let w = World::start().await;
    let open = w.policy().with("protected", false).create().await;
    let closed = w.policy().with("protected", true).create().await;
    let id = w.user("ann@acme.example").await;
    let ann = w.log_in("ann@acme.example").await;
    let owned = |policy: &str, attributes: Value| {
        let mut body = license(policy, attributes);
        body["data"]["relationships"]["owner"] = json!({ "data": { "type": "users", "id": id } });
        body
    };

    let made = ann
        .post("/licenses", owned(&open, json!({ "name": "mine" })))
        .await
        .expect(201);
    assert_eq!(made.at("/data/relationships/owner/data/id"), &json!(id));
    assert_eq!(made.at("/data/relationships/users/meta/count"), 1);

    ann.post("/licenses", license(&open, json!({})))
        .await
        .expect(403);
    ann.post("/licenses", owned(&closed, json!({})))
        .await
        .expect(403);
    for attribute in ["suspended", "protected", "maxUses", "expiry", "permissions"] {
        let answer = ann
            .post("/licenses", owned(&open, json!({ attribute: null })))
            .await;
        assert_eq!(answer.status, 400, "{attribute}: {}", answer.text);
        assert_eq!(answer.pointer(), format!("/data/attributes/{attribute}"));
        assert_eq!(answer.detail(), "unpermitted parameter");
    }
}

#[tokio::test]
async fn shape_goes_before_permission_and_a_credential_before_both() {
    let w = World::start().await;
    let policy = w.policy().create().await;
    let holder = w.license().create().await.holder;

    w.anyone().post("/licenses", json!({})).await.expect(401);
    let answer = holder
        .post("/licenses", json!({ "data": {} }))
        .await
        .expect(400);
    assert_eq!(answer.pointer(), "/data/type");
    holder
        .post("/licenses", license(&policy, json!({})))
        .await
        .expect(403);
    let answer = w
        .admin()
        .post("/licenses", license(&policy, json!({ "key": "" })))
        .await;
    assert_eq!((answer.status, answer.detail()), (400, "cannot be blank"));
    let answer = w
        .admin()
        .post("/licenses", license(&policy, json!({ "uses": 1 })))
        .await;
    assert_eq!(
        (answer.status, answer.detail()),
        (400, "unpermitted parameter")
    );
}

#[tokio::test]
async fn a_check_in_counts_from_creation() {
    let w = World::start().await;
    let made = w
        .license()
        .policy("requireCheckIn", true)
        .policy("checkInInterval", "day")
        .policy("checkInIntervalCount", 1)
        .create()
        .await;

    let shown = w
        .admin()
        .get(&format!("/licenses/{}", made.id))
        .await
        .expect(200);
    assert_eq!(
        shown.at("/data/attributes/lastCheckIn"),
        "2026-01-01T00:00:00.000Z"
    );
    assert_eq!(
        shown.at("/data/attributes/nextCheckIn"),
        "2026-01-02T00:00:00.000Z"
    );

    w.advance(TimeDelta::hours(25));
    let answer = w
        .anyone()
        .post(
            "/licenses/actions/validate-key",
            super::key(&made.key, Value::Null),
        )
        .await;
    assert_eq!(answer.at("/meta/code"), "OVERDUE");
}
