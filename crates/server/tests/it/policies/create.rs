//! Policies, as clients see them: create.

use keystead_testkit::World;
use serde_json::{Value, json};

use super::policy;

#[tokio::test]
async fn a_policy_is_answered_with_every_attribute_and_its_default() {
    let w = World::start().await;
    let product = w.product().await;

    let answer = w
        .admin()
        .post("/policies", policy(&product, json!({ "name": "Pro" })))
        .await
        .expect(201);

    let place = format!("/v1/accounts/{}/policies/{}", w.account(), answer.id());
    assert_eq!(answer.header("location"), format!("{}{place}", w.base()));
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer.body).unwrap(), @r#"
    {
      "data": {
        "id": "00000000-0000-7000-8000-000000001007",
        "type": "policies",
        "attributes": {
          "name": "Pro",
          "duration": null,
          "strict": false,
          "floating": false,
          "usePool": false,
          "maxMachines": 1,
          "maxProcesses": null,
          "maxUsers": null,
          "maxCores": null,
          "maxMemory": null,
          "maxDisk": null,
          "maxUses": null,
          "machineUniquenessStrategy": "UNIQUE_PER_LICENSE",
          "machineMatchingStrategy": "MATCH_ANY",
          "componentUniquenessStrategy": "UNIQUE_PER_MACHINE",
          "componentMatchingStrategy": "MATCH_ANY",
          "expirationStrategy": "RESTRICT_ACCESS",
          "expirationBasis": "FROM_CREATION",
          "renewalBasis": "FROM_EXPIRY",
          "transferStrategy": "KEEP_EXPIRY",
          "authenticationStrategy": "TOKEN",
          "machineLeasingStrategy": "PER_LICENSE",
          "processLeasingStrategy": "PER_MACHINE",
          "overageStrategy": "NO_OVERAGE",
          "scheme": null,
          "encrypted": false,
          "protected": true,
          "requireProductScope": false,
          "requirePolicyScope": false,
          "requireMachineScope": false,
          "requireFingerprintScope": false,
          "requireComponentsScope": false,
          "requireUserScope": false,
          "requireChecksumScope": false,
          "requireVersionScope": false,
          "requireCheckIn": false,
          "checkInInterval": null,
          "checkInIntervalCount": null,
          "heartbeatDuration": null,
          "heartbeatCullStrategy": "DEACTIVATE_DEAD",
          "heartbeatResurrectionStrategy": "NO_REVIVE",
          "heartbeatBasis": "FROM_FIRST_PING",
          "requireHeartbeat": false,
          "metadata": {},
          "created": "2026-01-01T00:00:00.000Z",
          "updated": "2026-01-01T00:00:00.000Z"
        },
        "relationships": {
          "account": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001"
            },
            "data": {
              "type": "accounts",
              "id": "00000000-0000-7000-8000-000000000001"
            }
          },
          "environment": {
            "links": {
              "related": null
            },
            "data": null
          },
          "product": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/policies/00000000-0000-7000-8000-000000001007/product"
            },
            "data": {
              "type": "products",
              "id": "00000000-0000-7000-8000-000000001004"
            }
          },
          "pool": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/policies/00000000-0000-7000-8000-000000001007/pool"
            }
          },
          "licenses": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/policies/00000000-0000-7000-8000-000000001007/licenses"
            }
          },
          "entitlements": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/policies/00000000-0000-7000-8000-000000001007/entitlements"
            }
          }
        },
        "links": {
          "self": "/v1/accounts/00000000-0000-7000-8000-000000000001/policies/00000000-0000-7000-8000-000000001007"
        }
      }
    }
    "#);
    let shown = w
        .admin()
        .get(&format!("/policies/{}", answer.id()))
        .await
        .expect(200);
    assert_eq!(shown.body, answer.body);
}

#[tokio::test]
async fn every_attribute_comes_back_as_it_was_sent() {
    let w = World::start().await;
    let product = w.product().await;
    // Too many members for the macro.
    let attributes: Value = serde_json::from_str(
        r#"{
            "name": "Everything", "duration": 31556952, "strict": true, "floating": true,
            "usePool": false, "maxMachines": 4, "maxProcesses": 8, "maxUsers": 12, "maxCores": 16,
            "maxMemory": 8589934592, "maxDisk": 1099511627776, "maxUses": 0,
            "machineUniquenessStrategy": "UNIQUE_PER_ACCOUNT",
            "machineMatchingStrategy": "MATCH_ALL",
            "componentUniquenessStrategy": "UNIQUE_PER_LICENSE",
            "componentMatchingStrategy": "MATCH_MOST", "expirationStrategy": "MAINTAIN_ACCESS",
            "expirationBasis": "FROM_FIRST_ACTIVATION", "renewalBasis": "FROM_NOW",
            "transferStrategy": "RESET_EXPIRY", "authenticationStrategy": "LICENSE",
            "machineLeasingStrategy": "PER_USER", "processLeasingStrategy": "PER_LICENSE",
            "overageStrategy": "ALLOW_1_25X_OVERAGE", "scheme": "ED25519_SIGN",
            "encrypted": false, "protected": false, "requireProductScope": true,
            "requirePolicyScope": true, "requireMachineScope": true,
            "requireFingerprintScope": true, "requireComponentsScope": true,
            "requireUserScope": true, "requireChecksumScope": true, "requireVersionScope": true,
            "requireCheckIn": true, "checkInInterval": "week", "checkInIntervalCount": 2,
            "heartbeatDuration": 3600, "heartbeatCullStrategy": "KEEP_DEAD",
            "heartbeatResurrectionStrategy": "ALWAYS_REVIVE", "heartbeatBasis": "FROM_FIRST_PING",
            "requireHeartbeat": true, "metadata": {"tier": "gold"}
        }"#,
    )
    .unwrap();

    let answer = w
        .admin()
        .post("/policies", policy(&product, attributes.clone()))
        .await
        .expect(201);

    let mut answered = answer.at("/data/attributes").clone();
    let members = answered.as_object_mut().unwrap();
    members.remove("created");
    members.remove("updated");
    assert_eq!(answered, attributes);
}

#[tokio::test]
async fn defaults_follow_from_what_else_is_said() {
    let w = World::start().await;
    let product = w.product().await;
    #[rustfmt::skip]
    let table = [
        (json!({ "name": "A" }),                                       "maxMachines",    json!(1)),
        (json!({ "name": "A", "floating": true }),                     "maxMachines",    json!(null)),
        (json!({ "name": "A", "requireHeartbeat": true }),             "heartbeatBasis", json!("FROM_CREATION")),
        (json!({ "name": "A", "encrypted": true }),                    "scheme",         json!("LEGACY_ENCRYPT")),
        (json!({ "name": "A", "expirationStrategy": null }),           "expirationStrategy", json!("RESTRICT_ACCESS")),
        (json!({ "name": "A", "duration": null }),                     "duration",       json!(null)),
        (json!({ "name": "A" }),                                       "protected",      json!(true)),
    ];
    for (attributes, name, value) in table {
        let sent = policy(&product, attributes.clone());
        let answer = w.admin().post("/policies", sent).await.expect(201);
        assert_eq!(answer.at("/data/attributes")[name], value, "{attributes}");
    }
}

#[tokio::test]
async fn a_document_of_the_wrong_shape_is_refused_at_its_first_fault() {
    let w = World::start().await;
    let product = w.product().await;
    let bare = |relationships| json!({ "data": { "type": "policies", "attributes": { "name": "A" }, "relationships": relationships } });

    #[rustfmt::skip]
    let table = [
        (json!({ "data": { "type": "policies", "attributes": { "name": "A" } } }), "/data/relationships",                 "is missing"),
        (bare(json!({})),                                                          "/data/relationships/product",         "is missing"),
        (bare(json!({ "product": { "data": null } })),                             "/data/relationships/product/data",    "cannot be null"),
        (bare(json!({ "product": { "data": { "type": "products", "id": "x" } } })), "/data/relationships/product/data/id", "type mismatch (received string expected UUID string)"),
        (bare(json!({ "product": { "data": { "type": "users", "id": product } } })), "/data/relationships/product/data/type", "is invalid"),
        (policy(&product, json!({ "name": "A", "duration": "1" })),                "/data/attributes/duration",           "type mismatch (received string expected integer)"),
        (policy(&product, json!({ "name": "A", "duration": 1.5 })),                "/data/attributes/duration",           "type mismatch (received float expected integer)"),
        (policy(&product, json!({ "name": "A", "strict": "yes" })),                "/data/attributes/strict",             "type mismatch (received string expected boolean)"),
        (policy(&product, json!({ "name": "A", "concurrent": true })),             "/data/attributes/concurrent",         "unpermitted parameter"),
        (policy(&product, json!({ "name": "A", "leasingStrategy": "PER_USER" })),  "/data/attributes/leasingStrategy",    "unpermitted parameter"),
        (policy(&product, json!({ "name": "A", "fingerprintMatchingStrategy": "MATCH_ALL" })), "/data/attributes/fingerprintMatchingStrategy", "unpermitted parameter"),
        (policy(&product, json!({ "name": "A", "requireEnvironmentScope": true })), "/data/attributes/requireEnvironmentScope", "unpermitted parameter"),
    ];
    for (body, pointer, detail) in table {
        let answer = w.admin().post("/policies", body.clone()).await.expect(400);
        assert_eq!(
            (answer.pointer(), answer.detail()),
            (pointer, detail),
            "{body}"
        );
    }
}
